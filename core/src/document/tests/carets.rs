//! Carets stay at their letters.

use super::*;

const PROSE: &str = "plan/vision/kk";
const LINE: &str = "plan/school/kk";

fn units(text: &str) -> u32 {
    u32::try_from(text.encode_utf16().count()).unwrap()
}

/// The text of a device with `|` where the caret stands.
fn shown(device: &Device, path: &str, caret: &Caret) -> String {
    let mut units: Vec<u16> = device.document.text(&at(path)).unwrap().encode_utf16().collect();
    let place = device.document.caret_place(&at(path), caret).unwrap();
    units.insert(place, u16::from(b'|'));
    String::from_utf16(&units).unwrap()
}

/// The caret where `|` stands in a text of the moment.
fn caret(device: &Device, path: &str, marked: &str) -> Caret {
    let (before, behind) = marked.split_once('|').unwrap();
    assert_eq!(device.document.text(&at(path)).unwrap(), format!("{before}{behind}"));
    device.document.caret(&at(path), &[], units(before)).unwrap()
}

#[test]
fn a_caret_stays_at_its_letter_while_another_writes() {
    for (path, before, after, there) in [
        (LINE, "Абай |мектебі", "№1 Абай мектебі!", "№1 Абай |мектебі!"),
        (LINE, "|Абай", "№1 Абай", "№1 |Абай"),
        (LINE, "Абай|", "Абай мектебі", "Абай| мектебі"),
        (LINE, "😀|ә", "x😀ә", "x😀|ә"),
        (PROSE, "бір\nек|і\nүш", "нөл\nбір\nекі\nүш", "нөл\nбір\nек|і\nүш"),
        (PROSE, "бір\n|екі", "нөл\nбір\nекі", "нөл\nбір\n|екі"),
        (PROSE, "бір|\nекі", "бір бүтін\nекі", "бір| бүтін\nекі"),
    ] {
        let (mut a, mut b) = pair(Kind::Plan, &[text(path, &before.replace('|', ""))]);
        let caret = caret(&a, path, before);
        assert_eq!(shown(&a, path, &caret), before);
        b.edit(&[text(path, after)]).unwrap();
        assert_eq!(shown(&b, path, &caret), there, "{before} → {after}");
        a.take(&b);
        assert_eq!(shown(&a, path, &caret), there, "{before} → {after}");
    }
}

#[test]
fn a_caret_counts_in_the_text_that_its_page_has() {
    let (mut a, _) = pair(Kind::Plan, &[text(PROSE, "екі үш")]);
    let base = a.document.heads();
    a.edit(&[text(PROSE, "бір екі үш")]).unwrap();
    let caret = a.document.caret(&at(PROSE), &base, units("екі")).unwrap();
    assert_eq!(shown(&a, PROSE, &caret), "бір екі| үш");
    let unknown = [ChangeHash([7; 32])];
    let refused = a.document.caret(&at(PROSE), &unknown, 1);
    assert_eq!(refused, Err(CommandError::UnknownHeads(unknown[0])));
}

#[test]
fn where_its_letter_is_not_a_caret_stands_within_the_text() {
    let (mut a, mut b) = pair(Kind::Plan, &[text(LINE, "Абай мектебі")]);
    let gone = caret(&a, LINE, "Абай| мектебі");
    a.edit(&[text(LINE, "Аб")]).unwrap();
    assert_eq!(shown(&a, LINE, &gone), "Аб|");
    // It speaks of a letter that has not arrived.
    b.edit(&[text(LINE, "Абай мектебі, 8Ә")]).unwrap();
    let early = caret(&b, LINE, "Абай мектебі, 8Ә|");
    assert_eq!(shown(&a, LINE, &early), "Аб|");
    assert!(a.document.caret(&at("plan"), &[], 0).is_err());
    assert!(a.document.caret_place(&at("plan"), &early).is_err());
    let empty = a.document.caret(&at("plan/school/ru"), &[], 4).unwrap();
    assert_eq!(a.document.caret_place(&at("plan/school/ru"), &empty), Ok(0));
}

proptest! {
    #[test]
    fn any_caret_in_any_text_is_found_again(prose in "[а-яә😀\n ]{0,1200}", at_unit in 0..3_000_u32) {
        let mut a = Device::new(Kind::Plan, 1);
        a.edit(&[text(PROSE, &prose)]).unwrap();
        let shown = a.document.text(&at(PROSE)).unwrap();
        let caret = a.document.caret(&at(PROSE), &[], at_unit).unwrap();
        let place = u32::try_from(a.document.caret_place(&at(PROSE), &caret).unwrap()).unwrap();
        // A place inside a letter of two units is the one before it.
        prop_assert!(place <= units(&shown));
        prop_assert!(place == at_unit.min(units(&shown)) || place + 1 == at_unit);
    }
}
