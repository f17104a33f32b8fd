//! The school map: what is digital today and shall be in future, on three layers.

record! {
    /// The document of the school map.
    MapDocument, "map_document" {
        school_map: record(SchoolMap),
    }
}

record! {
    /// The map.
    SchoolMap, "school_map" {
        layers: items(Layer),
        nodes: items(Node),
        links: items(NodeLink) as Tuple,
    }
}

record! {
    /// A layer.
    Layer, "layer" {
        title: local,
    }
}

record! {
    /// One thing on the map; `today` and `future` from 0 (is not there) to 4, `x` and `y` the middle of where it is drawn,
    /// in percent of width and height from the upper left.
    Node, "node" {
        layer: text,
        title: local,
        today: number,
        future: number,
        initiatives: set,
        x: number,
        y: number,
    }
}

record! {
    /// A link between two nodes.
    NodeLink, "node_link" {
        from: text,
        to: text,
    }
}
