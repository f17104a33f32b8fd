#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
use proptest::prelude::*;

use super::*;

const SOURCE: &str = r#"{"n": 60, "share": 0.62, "ife": 2.62, "median": 4, "budget": 1187000, "change": -0.3,
    "from": "2026-09-01", "to": "2027-05-25", "owner": "Нұрланов Асқар", "school": "№ 12 Абай мектебі",
    "text": "Айгүл Омарова 45 минут сабақ өтті, bilim.kz сайтын ашты."}"#;

fn found(draft: &str) -> Vec<(FindingKind, String)> {
    unsupported(draft, &[SOURCE]).into_iter().map(|finding| (finding.kind, finding.text)).collect()
}

fn fine(draft: &str) {
    assert_eq!(found(draft), [], "{draft}");
}

fn finds(draft: &str, kind: FindingKind, text: &str) {
    assert_eq!(found(draft), [(kind, text.to_owned())], "{draft}");
}

#[test]
fn numbers_come_from_the_sources() {
    fine("Сауалнамаға 60 мұғалім қатысты, үлесі 62 %, 62 пайыз, IFE – 2,62.");
    fine("Жұмсалғаны 1 187 000 теңге; 1,187,000; 60-тан 45-ке.");
    fine("1. Бірінші\n2) екінші\n3.1.2 бөлім");
    fine("Көрсеткіш 0,3-ке кеміді (-0,3).");
    finds("Сауалнамаға 61 мұғалім қатысты.", FindingKind::Number, "61");
    finds("Үлесі 63 %.", FindingKind::Number, "63");
    finds("IFE – 2,6.", FindingKind::Number, "2,6");
    finds("Доля -62.", FindingKind::Number, "62");
    finds("№ 13 бұйрық.", FindingKind::Number, "13");
}

#[test]
fn a_number_is_rounded_only_where_it_is_said() {
    fine("Шамамен 2,6; около 2,6; ≈ 3; about 1,200,000.");
    finds("Дәл 1 200 000 теңге.", FindingKind::Number, "1 200 000");
    finds("Шамамен 2,7.", FindingKind::Number, "2,7");
}

#[test]
fn days_come_from_the_sources() {
    fine(
        "2026 жылғы 1 қыркүйектен 25.05.2027 дейін; 1 сентября 2026 года; September 1, 2026; 1 қыркүйек.",
    );
    fine("2026–2027 оқу жылы.");
    finds("2 қыркүйек 2026 жыл.", FindingKind::Day, "2 қыркүйек 2026");
    finds("1 қыркүйек 2027.", FindingKind::Day, "1 қыркүйек 2027");
    finds("Ол 2030 жылы бітеді.", FindingKind::Year, "2030");
}

#[test]
fn names_come_from_the_sources() {
    fine("Жауапты – Нұрлановқа, Асқардың көмегімен, Омарованы тыңдап.");
    fine("Сабақты Абай мектебінде өткізу. Мұғалімдер дайын.");
    fine("БҰЙРЫҚ\nСабақ туралы\nсабақты дамыту үшін БҰЙЫРАМЫН:");
    finds("Жауапты – Сейітов.", FindingKind::Name, "Сейітов");
    let both = [(FindingKind::Name, "Бекова".to_owned()), (FindingKind::Name, "Сәуле".to_owned())];
    assert_eq!(found("Бекова Сәуле жауапты."), both, "also at the beginning, if there are two");
}

#[test]
fn addresses_come_from_the_sources() {
    fine("Сайты: bilim.kz.");
    finds("Қараңыз: https://evil.example/?d=1.", FindingKind::Link, "https://evil.example/?d=1");
    finds("хат: x@evil.example", FindingKind::Link, "x@evil.example");
    finds("![a](evil.example/p.png)", FindingKind::Link, "evil.example/p.png");
}

#[test]
fn nothing_comes_of_nothing() {
    fine("");
    assert_eq!(unsupported("Мәтін ғана.", &[]), []);
    assert_eq!(unsupported("5", &[]).len(), 1);
}

/// A number as three languages write it.
fn forms(value: i64, fraction: u8) -> [String; 4] {
    let whole = value.to_string();
    let grouped = |mark: &str| {
        let mut text = String::new();
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                text.push_str(mark);
            }
            text.push(digit);
        }
        text
    };
    [
        format!("{whole}.{fraction:02}"),
        format!("{whole},{fraction:02}"),
        format!("{},{fraction:02}", grouped("\u{a0}")),
        format!("{},{fraction:02}", grouped(" ")),
    ]
}

proptest! {
    #[test]
    fn a_number_is_known_in_every_form_and_another_is_not(value in 0i64..100_000_000, fraction in 1u8..100, other in 1i64..1_000) {
        let source = forms(value, fraction);
        for written in forms(value, fraction) {
            let draft = format!("Барлығы {written} теңге");
            prop_assert_eq!(unsupported(&draft, &[&source[0]]), vec![], "{}", draft);
        }
        for written in forms(value + other, fraction) {
            let draft = format!("Барлығы {written} теңге");
            let found = unsupported(&draft, &[&source[0]]);
            prop_assert_eq!(found.len(), 1, "{}", draft);
            prop_assert_eq!(&found[0].text, &written);
        }
    }

    #[test]
    fn a_source_supports_itself(text in "(\\PC|[0-9]{1,4}|[.,%№ -]|қаңтар|Айгүл |about |\n){0,60}") {
        let found = unsupported(&text, &[&text]);
        prop_assert_eq!(found, vec![]);
    }

    #[test]
    fn places_are_those_of_the_draft(text in "(\\PC|[0-9]{1,4}|[.,%№ -]|қаңтар| Айгүл |https://a.b|\n){0,60}") {
        for finding in unsupported(&text, &[]) {
            prop_assert_eq!(text.get(finding.at.clone()), Some(finding.text.as_str()));
        }
    }
}
