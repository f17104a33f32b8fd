#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
use proptest::prelude::*;

use super::*;

const PEOPLE: [&str; 12] = [
    "Нұрланов Асқар Болатұлы",
    "Айгүл Омарова",
    "Ахметова Дина",
    "Жаныбек Серікбаев",
    "Ольга Сергеевна Ковалёва",
    "Павел Жандосский",
    "Мария Цой",
    "Ерлан Қайыпбек",
    "Мақсат Әлімов",
    "Сергей Ким",
    "Aida Bekova",
    "Үміт Тәжібай",
];

fn masked(text: &str) -> (String, Table) {
    let names = Names::new(PEOPLE);
    let mut table = Table::for_texts([text]);
    let masked = table.mask(&names, text);
    (masked, table)
}

fn check(text: &str, expected: &str) {
    let (found, table) = masked(text);
    assert_eq!(found, expected, "{text}");
    assert_eq!(table.restore(&found), Restored { text: text.to_owned(), unknown: Vec::new() });
}

#[test]
fn an_ending_stays_and_a_changed_word_has_a_placeholder_of_its_own() {
    check("Нұрлановтың, Нұрлановқа; Нұрланов", "[PERSON_1]тың, [PERSON_1]қа; [PERSON_1]");
    check("НҰРЛАНОВ Нурланова нұрлановпен", "[PERSON_1_1] [PERSON_1_2] [PERSON_1_3]");
    check("Ольги, Ольгой", "[PERSON_1_1], [PERSON_1_2]");
    check("Павла Жандосского", "[PERSON_1_1] [PERSON_2_1]");
    check("Сергея Кима, Марией", "[PERSON_1_1] [PERSON_2]а, [PERSON_3_1]");
    check("Жаныбегіміз, Қайыпбектердің", "[PERSON_1_1], [PERSON_2]тердің");
    check("Ахметов пен Ахметовой", "[PERSON_1_1] пен [PERSON_1_2]");
    check("Айгүл-ай, Айгүл’дің", "[PERSON_1_1], [PERSON_1_2]");
    check("АйгүлОмарова", "[PERSON_1][PERSON_2]");
    check("Aida, Аida", "[PERSON_1], [PERSON_1_1]");
}

#[test]
fn ordinary_words_are_left() {
    for text in [
        "Серіктестік мақсаты: мақсатқа жету, үмітпен.",
        "Бұл кімге керек? Олар дайын, қайда, бекінген.",
        "Мектептегі сабақтың сапасы 62 %, 2026-09-01 күні.",
        "2025-2026, 2026-2027 оқу жылы; 1 234 567 890 теңге; 8 сынып 25 оқушы",
    ] {
        check(text, text);
    }
    check("Мақсат: Мақсаттың мақсаты", "[PERSON_1]: [PERSON_1]тың мақсаты");
}

#[test]
fn contacts_and_codes_are_replaced() {
    check("aida.bekova@mail.kz, @aida_b.", "[CONTACT_1], [CONTACT_2].");
    check("+7 (701) 123-45-67; 87011234567", "[CONTACT_1]; [CONTACT_2]");
    check("8 701 123 45 67 немесе 701 123 45 67", "[CONTACT_1] немесе [CONTACT_2]");
    check("ЖСН 901231300123, 901231 300123", "ЖСН [CODE_1], [CODE_2]");
    check("4111 1111 1111 1111 және 4111111111111111", "[CODE_1] және [CODE_2]");
}

#[test]
fn what_a_model_makes_of_placeholders_is_put_back() {
    let (_, table) = masked("Нұрланов, Айгүл: a@b.kz");
    let check = |written: &str, expected: &str| {
        let restored = table.restore(written);
        assert_eq!((restored.text.as_str(), restored.unknown.len()), (expected, 0), "{written}");
    };
    check("PERSON_1-ға, [PERSON_2]’дің", "Нұрлановға, Айгүлдің");
    check("[PERSON\\_1]дың PERSON 2, PERSON-1", "Нұрлановдың Айгүл, Нұрланов");
    check("**[PERSON_1]** және [PERSON_1", "**Нұрланов** және Нұрланов");
    check("[CONTACT_1]", "a@b.kz");
    check("person 1 of 3, PERSONAL_1, PERSON", "person 1 of 3, PERSONAL_1, PERSON");
    let made_up = table.restore("[PERSON_9], PERSON_1_7 және [CODE_1]");
    assert_eq!(made_up.unknown, ["[PERSON_9]", "PERSON_1_7", "[CODE_1]"]);
    assert_eq!(made_up.text, "[PERSON_9], PERSON_1_7 және [CODE_1]");
}

#[test]
fn a_text_with_placeholders_of_its_own_is_not_mistaken() {
    let (found, table) = masked("PERSON_1 мен Xperson: Айгүл");
    assert_eq!(found, "PERSON_1 мен Xperson: [XXPERSON_1]");
    assert_eq!(table.restore(&found).text, "PERSON_1 мен Xperson: Айгүл");
}

#[test]
fn nobody_is_replaced_by_an_empty_list() {
    let names = Names::new(["", " ", "А", "А. Б.", "42"]);
    let mut table = Table::default();
    assert_eq!(table.mask(&names, "А. Нұрланов"), "А. Нұрланов");
}

/// Endings as people write them, with and without the letters of the stem changing.
fn ending() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        Just(""),
        Just("тың"),
        Just("қа"),
        Just("ға"),
        Just("ды"),
        Just("мен"),
        Just("лар"),
        Just("тардың"),
        Just("дікі"),
        Just("а"),
        Just("ой"),
        Just("у"),
        Just("ым"),
        Just("-ға"),
    ]
}

fn written() -> impl Strategy<Value = String> {
    let case = prop_oneof![Just(0), Just(1), Just(2)];
    let part =
        prop::sample::select(PEOPLE.iter().flat_map(|name| name.split(' ')).collect::<Vec<_>>());
    (part, ending(), case).prop_map(|(part, ending, case)| match case {
        0 => format!("{part}{ending}"),
        1 => format!("{part}{ending}").to_uppercase(),
        _ => format!("{part}{ending}").replace(['ұ', 'ү'], "у").replace('қ', "к"),
    })
}

#[test]
fn endings_behind_several_hyphens_come_back() {
    for text in ["Нұрланов-ға-ға0", "Нұрланов-ға-ға", "Нұрланов'-ға", "Айгүл-ға'ға-ға, Айгүл"]
    {
        let (found, table) = masked(text);
        assert_eq!(table.restore(&found).text, text, "{found}");
    }
}

proptest! {
    #[test]
    fn nothing_of_the_list_is_left_and_everything_comes_back(
        pieces in proptest::collection::vec((written(), "[ ,.!?\"«»()\n—]{1,3}[а-яғқңөұүһі0-9 ]{0,6}[ .]"), 1..12)
    ) {
        let text: String = pieces.iter().map(|(name, between)| format!("{name}{between}")).collect();
        let (found, table) = masked(&text);
        for word in words(&found) {
            for part in PEOPLE.iter().flat_map(|name| name.split(' ')) {
                let part = folded(part);
                let left = word.folded.strip_prefix(part.as_slice());
                let whole = left.is_some_and(is_endings);
                let ordinary = is_ordinary(&part) && !word.is_capital;
                prop_assert!(!whole || ordinary, "{:?} is left in {}", word, found);
            }
        }
        prop_assert_eq!(table.restore(&found), Restored { text, unknown: Vec::new() });
    }

    #[test]
    fn any_text_comes_back(text in "(\\PC|Нұрланов|Айгүл|ға|\\[|\\]|PERSON|CODE|_|1|@|\\+7|-| |901231300123|\n){0,60}") {
        let (found, table) = masked(&text);
        let restored = table.restore(&found);
        prop_assert_eq!(restored.text, text);
    }

    #[test]
    fn digits_that_lead_to_a_person_are_never_left(
        before in "[а-я ,(:]{0,4}", code in "[0-9]{12}", phone in "(\\+7|8) ?\\(?7[0-9]{2}\\)? ?[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{2}"
    ) {
        let text = format!("{before} {code}, {phone}.");
        let (found, _) = masked(&text);
        let digits = found.replace("CODE_1", "").replace("CONTACT_1", "");
        prop_assert!(!digits.contains(|c: char| c.is_ascii_digit()), "{}", found);
    }
}
