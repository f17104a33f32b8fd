//! The digital map of the school: two drawings side by side, today and in future, and below them the levels to set.

use std::collections::BTreeMap;

use jospar_core::plan::{Node, SchoolMap};
use maud::{Markup, html};

use super::context::{Context, capital};
use super::control::hidden;
use super::special::local;

/// The highest level of a place on the map.
const LEVEL_MAX: u8 = 4;
/// Width of a drawing, in its own units.
const WIDTH: f64 = 520.0;
/// Height that a row of places takes.
const ROW: f64 = 84.0;
/// The size of a place.
const ROOM: (f64, f64) = (124.0, 62.0);
/// How many places stand in one row where nobody has put them elsewhere.
const IN_A_ROW: usize = 4;
/// Letters in one line of a name, and how many lines it has at most.
const LINE: (usize, usize) = (17, 3);
/// Colours of layers that the style sheet has.
const COLOURS: usize = 6;

/// The page's picture: drawings, and a table of levels for each layer.
pub(crate) fn map(context: &Context<'_>, map: &SchoolMap) -> Markup {
    let words = context.words;
    let level = |node: &Node, value: Option<f64>, key: &str| {
        let value = value.unwrap_or_default();
        let told = format!("{}, {}", local(words, &node.title), context.label(key));
        html! {
            form.level.screen method="post" action="/set" hx-post="/set" hx-trigger="change" hx-swap="none" data-keep {
                (hidden(context, &format!("school_map/nodes/{}/{key}", node.id)))
                input type="range" min="0" max=(LEVEL_MAX) step="1" name="value" value=(value) aria-label=(told);
                span { (words.catalogue().number(value)) }
                noscript { button { (words.word("web-save")) } }
            }
            span.on-paper { meter min="0" max=(LEVEL_MAX) value=(value) {} " " (words.catalogue().number(value)) }
        }
    };
    html! {
        (drawings(context, map))
        @for layer in &map.layers {
            section.layer {
                h2 { (local(words, &layer.title)) }
                table {
                    thead { tr {
                        th {}
                        th scope="col" { (context.label("today")) }
                        th scope="col" { (context.label("future")) }
                    } }
                    tbody {
                        @for node in map.nodes.iter().filter(|node| node.layer == layer.id) {
                            tr {
                                th scope="row" {
                                    a href=(format!("/plan/school_map/nodes/{}", node.id)) { (local(words, &node.title)) }
                                }
                                td { (level(node, node.today, "today")) }
                                td { (level(node, node.future, "future")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A place with the middle of where it is drawn, in percent of width and height.
struct Room<'a> {
    node: &'a Node,
    layer: usize,
    x: f64,
    y: f64,
}

/// Where each place stands: where somebody put it, else in the rows of its layer. Also the height that this takes.
fn rooms(map: &SchoolMap) -> (Vec<Room<'_>>, f64) {
    let last = map.layers.len();
    let layer_of =
        |node: &Node| map.layers.iter().position(|layer| layer.id == node.layer).unwrap_or(last);
    let of = |layer| map.nodes.iter().filter(|node| layer_of(node) == layer).collect();
    let by_layer: Vec<Vec<&Node>> = (0..=last).map(of).collect();
    let rows = by_layer.iter().map(|nodes| nodes.len().div_ceil(IN_A_ROW)).sum::<usize>().max(1);
    let share = |place: usize, of: usize| (number(place) + 0.5) / number(of) * 100.0;
    let mut rooms = Vec::new();
    let mut row = 0;
    for (layer, nodes) in by_layer.iter().enumerate() {
        for in_row in nodes.chunks(IN_A_ROW) {
            rooms.extend(in_row.iter().enumerate().map(|(place, node)| Room {
                node,
                layer,
                x: percent(node.x).unwrap_or_else(|| share(place, in_row.len())),
                y: percent(node.y).unwrap_or_else(|| share(row, rows)),
            }));
            row += 1;
        }
    }
    (rooms, number(rows) * ROW)
}

fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

fn percent(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite()).map(|value| value.clamp(0.0, 100.0))
}

fn drawings(context: &Context<'_>, map: &SchoolMap) -> Markup {
    let (rooms, height) = rooms(map);
    html! {
        @if !rooms.is_empty() {
            div.columns {
                (drawing(context, map, (&rooms, height), "today", |node| node.today))
                (drawing(context, map, (&rooms, height), "future", |node| node.future))
            }
            ul.legend {
                @for (place, layer) in map.layers.iter().enumerate() {
                    li { span class=(format!("swatch c{}", place % COLOURS)) {} (local(context.words, &layer.title)) }
                }
            }
        }
    }
}

fn drawing(
    context: &Context<'_>,
    map: &SchoolMap,
    (rooms, height): (&[Room<'_>], f64),
    side: &str,
    level: impl Fn(&Node) -> Option<f64>,
) -> Markup {
    // A room stays inside the drawing wherever its middle was put.
    let middle = |room: &Room<'_>| {
        let x = (room.x / 100.0 * WIDTH).clamp(ROOM.0 / 2.0, WIDTH - ROOM.0 / 2.0);
        (x, (room.y / 100.0 * height).clamp(ROOM.1 / 2.0, height - ROOM.1 / 2.0))
    };
    let by_id: BTreeMap<&str, &Room<'_>> =
        rooms.iter().map(|room| (room.node.id.as_str(), room)).collect();
    let ends = map.links.iter().filter_map(|link| {
        Some((middle(by_id.get(link.from.as_str())?), middle(by_id.get(link.to.as_str())?)))
    });
    let title = capital(&context.label(side));
    html! {
        figure.plan {
            figcaption { (title) }
            svg viewBox=(format!("0 0 {WIDTH} {height}")) role="group" aria-label=(title) {
                @for ((x1, y1), (x2, y2)) in ends {
                    line x1=(x1) y1=(y1) x2=(x2) y2=(y2) {}
                }
                @for room in rooms {
                    (drawn(context, room, middle(room), side, level(room.node).unwrap_or_default()))
                }
            }
        }
    }
}

/// One place, with its level as shade and as a number.
fn drawn(
    context: &Context<'_>,
    room: &Room<'_>,
    (x, y): (f64, f64),
    side: &str,
    level: f64,
) -> Markup {
    let words = context.words;
    let name = local(words, &room.node.title);
    let path = format!("school_map/nodes/{}", room.node.id);
    let shade = (0..=LEVEL_MAX).rev().find(|step| f64::from(*step) <= level).unwrap_or_default();
    let shown = words.catalogue().number(level);
    let (left, top) = (x - ROOM.0 / 2.0, y - ROOM.1 / 2.0);
    let line_at = |place: usize| top + 14.0 + number(place) * 13.0;
    html! {
        a.room href=(format!("/plan/{path}")) id=(format!("room-{}-{side}", room.node.id))
            data-room=(path) data-x=(room.x.round()) data-y=(room.y.round()) {
            rect class=(format!("l{shade} s{}", room.layer % COLOURS)) x=(left) y=(top) width=(ROOM.0) height=(ROOM.1) rx="6" {}
            @for (place, line) in lines(name).iter().enumerate() {
                text x=(left + 7.0) y=(line_at(place)) { (line) " " }
            }
            text.value x=(left + ROOM.0 - 7.0) y=(top + ROOM.1 - 9.0) { (shown) " / " (LEVEL_MAX) }
        }
    }
}

/// A name in lines, cut between words; what has no room ends with `…`.
fn lines(name: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE.0 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    let left_out = lines.len() > LINE.1;
    lines.truncate(LINE.1);
    let last = lines.len().saturating_sub(1);
    for (place, line) in lines.iter_mut().enumerate() {
        if line.chars().count() > LINE.0 || (left_out && place == last) {
            *line = line.chars().take(LINE.0 - 1).chain(['…']).collect();
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use jospar_core::plan::Record as _;
    use serde_json::json;

    use super::*;

    #[test]
    fn places_stand_in_rows_of_their_layer_or_where_they_were_put() {
        let nodes: Vec<_> = (0..6).map(|n| json!({"id": format!("n{n}"), "layer": "a"})).collect();
        let mut view = json!({"layers": [{"id": "a"}, {"id": "b"}], "nodes": nodes});
        view["nodes"][5]["layer"] = json!("nowhere");
        view["nodes"][4]["x"] = json!(140);
        view["nodes"][4]["y"] = json!(-3);
        let map = SchoolMap::from_view(&view);
        let (rooms, height) = rooms(&map);
        let at = |id: &str| {
            let room = rooms.iter().find(|room| room.node.id == id);
            room.map(|room| (room.x.round(), room.y.round(), room.layer))
        };
        assert_eq!((rooms.len(), height), (6, 3.0 * ROW));
        assert_eq!(at("n0"), Some((13.0, 17.0, 0)));
        assert_eq!(at("n4"), Some((100.0, 0.0, 0)), "outside is the rim");
        assert_eq!(at("n5"), Some((50.0, 83.0, 2)), "a place of no layer stands last");
    }

    #[test]
    fn a_name_is_cut_between_words() {
        assert_eq!(lines("Цифрлық сабақ"), ["Цифрлық сабақ"]);
        assert_eq!(lines("Бұйрық, жоспар, есеп дайындау"), ["Бұйрық, жоспар,", "есеп дайындау"]);
        let long =
            lines("Жекелендірілгендердікі бір екі үш төрт бес алты жеті сегіз тоғыз он он бір");
        assert_eq!(long.len(), 3);
        assert!(long[0].ends_with('…') && long[2].ends_with('…'), "{long:?}");
        assert!(long.iter().all(|line| line.chars().count() <= LINE.0), "{long:?}");
        assert!(lines("").is_empty());
    }
}
