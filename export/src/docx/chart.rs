//! A chart as a part of its own (ECMA-376, part 1, chapter 21.2, `DrawingML` charts): Word and LibreOffice draw it
//! themselves, sharp at any size, in the document's letters and the colours of the page in the browser. Its numbers stand in it;
//! there is no workbook behind it.

use std::fmt::Write as _;

use super::escaped;
use crate::block::Chart;

/// What a chart part is called in the package, from 1.
pub(super) fn part_name(number: usize) -> String {
    format!("charts/chart{number}.xml")
}

/// The relation's id of a chart, from 1.
pub(super) fn relation(number: usize) -> String {
    format!("rIdChart{number}")
}

/// The colours of series, as in the style sheet of the page.
const COLOURS: [&str; 6] = ["0B6B63", "B0641A", "3F6FB5", "8A4A86", "6F7A2A", "7A6A5C"];
/// Lines of the grid.
const GRID: &str = r#"<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="B8B8B0"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>"#;
/// Letters of a category's name: longer ones would push the drawing aside.
const CATEGORY_CHARS_MAX: usize = 34;
/// Width and height in English metric units, 360,000 a centimetre: 15 by 9.
const SIZE: (u32, u32) = (5_400_000, 3_240_000);

/// The paragraph that shows chart `number` of the document.
pub(super) fn paragraph(chart: &Chart, number: usize) -> String {
    format!(
        concat!(
            r#"<w:p><w:pPr><w:pStyle w:val="Centre"/></w:pPr><w:r><w:drawing><wp:inline "#,
            r#"xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" "#,
            r#"distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{}" cy="{}"/>"#,
            r#"<wp:docPr id="{}" name="{}" descr="{}"/><wp:cNvGraphicFramePr/>"#,
            r#"<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">"#,
            r#"<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">"#,
            r#"<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" r:id="{}"/>"#,
            r#"</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"#
        ),
        SIZE.0,
        SIZE.1,
        number,
        escaped(&chart.title),
        escaped(&described(chart)),
        relation(number)
    )
}

/// The chart in words, for those who do not see it: every number with its name.
fn described(chart: &Chart) -> String {
    let of = |name: &str, values: &[Option<f64>]| {
        let named = chart.categories.iter().zip(values);
        let told: Vec<String> = named
            .filter_map(|(category, value)| Some(format!("{category} {}", (*value)?)))
            .collect();
        format!("{name}: {}", told.join("; "))
    };
    let told: Vec<String> = chart.series.iter().map(|(name, values)| of(name, values)).collect();
    format!("{}. {}", chart.title, told.join(". "))
}

/// The chart's part: a radar, its axis from one end to the other.
pub(super) fn part(chart: &Chart) -> String {
    let mut xml = String::from(concat!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><c:chartSpace "#,
        r#"xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" "#,
        r#"xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">"#,
        r#"<c:roundedCorners val="0"/><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr>"#,
        r#"<a:defRPr sz="1100" b="1"/></a:pPr><a:r><a:rPr sz="1100" b="1"/><a:t>"#,
    ));
    xml.push_str(&escaped(&chart.title));
    xml.push_str(concat!(
        r#"</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>"#,
        r#"<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:radarChart>"#,
        r#"<c:radarStyle val="marker"/><c:varyColors val="0"/>"#,
    ));
    for (place, (name, values)) in chart.series.iter().enumerate() {
        series(&mut xml, chart, (place, name), values);
    }
    let _ = write!(
        xml,
        concat!(
            r#"<c:axId val="1"/><c:axId val="2"/></c:radarChart>"#,
            r#"<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="minMax"/></c:scaling>"#,
            r#"<c:delete val="0"/><c:axPos val="b"/>{grid}<c:numFmt formatCode="General" sourceLinked="0"/>"#,
            r#"<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/>"#,
            r#"<c:crossAx val="2"/><c:crosses val="autoZero"/></c:catAx>"#,
            r#"<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:max val="{max}"/>"#,
            r#"<c:min val="{min}"/></c:scaling><c:delete val="0"/><c:axPos val="l"/>{grid}"#,
            r#"<c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>"#,
            r#"<c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/>"#,
            r#"<c:crosses val="autoZero"/><c:crossBetween val="between"/><c:majorUnit val="1"/></c:valAx>"#,
            r#"</c:plotArea>"#
        ),
        grid = GRID,
        max = chart.axis.1,
        min = chart.axis.0
    );
    if chart.series.len() > 1 {
        xml.push_str(r#"<c:legend><c:legendPos val="b"/><c:overlay val="0"/></c:legend>"#);
    }
    xml.push_str(concat!(
        r#"<c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart><c:spPr><a:noFill/><a:ln>"#,
        r#"<a:noFill/></a:ln></c:spPr><c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900">"#,
        r#"<a:latin typeface="Times New Roman"/><a:cs typeface="Times New Roman"/></a:defRPr></a:pPr>"#,
        r#"<a:endParaRPr lang="kk-KZ"/></a:p></c:txPr></c:chartSpace>"#,
    ));
    xml
}

fn series(xml: &mut String, chart: &Chart, (place, name): (usize, &str), values: &[Option<f64>]) {
    let colour = COLOURS.get(place % COLOURS.len()).copied().unwrap_or_default();
    let fill = format!(r#"<a:solidFill><a:srgbClr val="{colour}"/></a:solidFill>"#);
    let _ = write!(
        xml,
        concat!(
            r#"<c:ser><c:idx val="{place}"/><c:order val="{place}"/><c:tx><c:v>{name}</c:v></c:tx>"#,
            r#"<c:spPr><a:ln w="28575">{fill}</a:ln></c:spPr><c:marker><c:symbol val="circle"/>"#,
            r#"<c:size val="5"/><c:spPr>{fill}<a:ln>{fill}</a:ln></c:spPr></c:marker>"#,
            r#"<c:cat><c:strLit><c:ptCount val="{count}"/>"#
        ),
        place = place,
        name = escaped(name),
        fill = fill,
        count = chart.categories.len()
    );
    for (at, category) in chart.categories.iter().enumerate() {
        let _ = write!(xml, r#"<c:pt idx="{at}"><c:v>{}</c:v></c:pt>"#, escaped(&cut(category)));
    }
    let _ = write!(
        xml,
        concat!(
            r#"</c:strLit></c:cat><c:val><c:numLit><c:formatCode>General</c:formatCode>"#,
            r#"<c:ptCount val="{}"/>"#
        ),
        chart.categories.len()
    );
    for (at, value) in values.iter().enumerate() {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            let _ = write!(xml, r#"<c:pt idx="{at}"><c:v>{value}</c:v></c:pt>"#);
        }
    }
    xml.push_str("</c:numLit></c:val></c:ser>");
}

/// A name that is cut where it would push the drawing aside; the whole of it stands in the table beside the chart.
fn cut(text: &str) -> String {
    if text.chars().count() <= CATEGORY_CHARS_MAX {
        return text.to_owned();
    }
    let start: String = text.chars().take(CATEGORY_CHARS_MAX - 1).collect();
    format!("{}…", start.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart() -> Chart {
        Chart {
            title: "Levels <&>".to_owned(),
            categories: vec!["A".to_owned(), "B \"b\"".to_owned(), "ә".repeat(40)],
            series: vec![
                ("now".to_owned(), vec![Some(2.5), None, Some(f64::NAN)]),
                ("target".to_owned(), vec![Some(4.0), Some(5.0), Some(3.0)]),
            ],
            axis: (0.0, 5.0),
        }
    }

    #[test]
    fn a_chart_has_its_numbers_and_names_and_is_told_in_words() {
        let xml = part(&chart());
        assert!(xml.contains("Levels &lt;&amp;&gt;") && xml.contains("B &quot;b&quot;"));
        assert_eq!(xml.matches("<c:v>2.5</c:v>").count(), 1);
        // What is not known, and what is no number, is left out.
        assert!(!xml.contains("NaN"));
        assert_eq!(xml.matches("<c:ser>").count(), 2);
        assert!(xml.contains(&format!("{}…", "ә".repeat(33))) && !xml.contains(&"ә".repeat(34)));
        let told = paragraph(&chart(), 1);
        assert!(told.contains("now: A 2.5") && told.contains("r:id=\"rIdChart1\""));
    }
}
