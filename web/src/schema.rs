//! From a path to the schema of what stands there, as far as the path alone tells it.

use jospar_core::document::{LANGUAGES, Schema, Shape};
use jospar_core::plan::Kind;

/// What stands at a path.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Spot {
    /// The documents of a kind with many.
    Documents(Kind),
    /// A field; `record` is the name of the schema that has it.
    Field {
        /// The name of the record's schema.
        record: &'static str,
        /// The field's name.
        name: &'static str,
        /// How it is kept.
        shape: Shape,
    },
    /// An item of a list, or a document of a kind with many.
    Item(&'static Schema),
    /// A value in a map, or a language of a text.
    Inside {
        /// The field's shape.
        shape: Shape,
    },
}

/// The kind that a path's document has.
pub(crate) fn kind_of(path: &str) -> Option<Kind> {
    let first = path.split('/').next()?;
    let editable = |kind: &Kind| !kind.is_internal();
    let many = Kind::ALL.into_iter().filter(editable).find(|kind| kind.section() == Some(first));
    let holds = |kind: &Kind| kind.schema().fields.iter().any(|field| field.name == first);
    many.or_else(|| {
        Kind::ALL.into_iter().filter(editable).find(|kind| !kind.is_many() && holds(kind))
    })
}

/// What stands at `path`; `None` if nothing can.
pub(crate) fn locate(path: &str) -> Option<Spot> {
    let kind = kind_of(path)?;
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    let mut spot = if kind.is_many() {
        segments.next();
        match segments.next() {
            None => return Some(Spot::Documents(kind)),
            Some(_) => Spot::Item(kind.schema()),
        }
    } else {
        field(kind.schema(), segments.next()?)?
    };
    for segment in segments {
        spot = match spot {
            Spot::Item(schema) | Spot::Field { shape: Shape::Record(schema), .. } => {
                field(schema, segment)?
            }
            Spot::Field { shape: Shape::Items(schema), .. } => Spot::Item(schema),
            Spot::Field { shape: shape @ (Shape::LocalText | Shape::LocalProse), .. }
                if LANGUAGES.contains(&segment) =>
            {
                Spot::Inside { shape }
            }
            Spot::Field { shape: shape @ Shape::Map(_), .. } => Spot::Inside { shape },
            _ => return None,
        };
    }
    Some(spot)
}

fn field(schema: &'static Schema, name: &str) -> Option<Spot> {
    let field = schema.fields.iter().find(|field| field.name == name)?;
    Some(Spot::Field { record: schema.name, name: field.name, shape: field.shape })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_what_stands_there() {
        assert!(matches!(locate("design_thinking"), Some(Spot::Documents(Kind::DesignCycle))));
        assert!(
            matches!(locate("design_thinking/dt1"), Some(Spot::Item(s)) if s.name == "design_cycle")
        );
        assert!(matches!(locate("kpis/k1"), Some(Spot::Item(s)) if s.name == "kpi"));
        let shape = |path| match locate(path) {
            Some(Spot::Field { shape, record, .. }) => Some((record, format!("{shape:?}"))),
            _ => None,
        };
        assert_eq!(shape("kpis/k1/due"), None);
        assert_eq!(shape("kpis/k1/target"), Some(("kpi", "Value(Number)".to_owned())));
        assert_eq!(shape("swot/items/s1/evidence"), Some(("factor", "Set".to_owned())));
        assert!(matches!(locate("plan/vision/kk"), Some(Spot::Inside { .. })));
        assert!(locate("plan/vision/de").is_none());
        assert!(locate("nothing").is_none() && locate("").is_none());
        assert!(matches!(locate("initiatives/in1/raci/dir"), Some(Spot::Inside { .. })));
    }
}
