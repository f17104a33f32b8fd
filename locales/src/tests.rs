use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;

use super::{Catalogue, Language, key_of};

/// The arguments of each message, by key.
fn arguments(language: Language) -> BTreeMap<&'static str, BTreeSet<&'static str>> {
    let mut found: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let mut key = "";
    for line in language.source().lines().filter(|line| !line.starts_with('#')) {
        key = key_of(line).unwrap_or(key);
        let names = line.split('$').skip(1);
        let ends = |c: char| !(c.is_ascii_alphanumeric() || c == '-');
        found.entry(key).or_default().extend(names.filter_map(|rest| rest.split(ends).next()));
    }
    found
}

/// The message without what stands in braces or backquotes, and without names of variables, files and options.
fn prose(text: &str) -> String {
    let mut depth = 0;
    let mut in_code = false;
    let mut kept = String::new();
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            '`' => in_code = !in_code,
            _ if depth == 0 && !in_code => kept.push(c),
            _ => {}
        }
    }
    kept
}

fn messages(language: Language) -> impl Iterator<Item = (&'static str, &'static str)> {
    language.source().lines().filter_map(|line| Some((key_of(line)?, line.split_once(" =")?.1)))
}

#[test]
fn every_file_parses_and_names_no_message_twice() {
    for language in Language::ALL {
        let source = language.source();
        let errors = FluentResource::try_new(source.to_owned()).err().map(|(_, errors)| errors);
        assert_eq!(errors, None, "{language}");
        let mut seen = BTreeSet::new();
        for key in source.lines().filter_map(key_of) {
            assert!(seen.insert(key), "{language}: {key} is there twice");
        }
    }
}

#[test]
fn all_files_have_the_same_keys_and_arguments() {
    let english = arguments(Language::En);
    assert!(english.len() > 150);
    for language in [Language::Kk, Language::Ru] {
        let other = arguments(language);
        for (key, names) in &english {
            assert_eq!(other.get(key), Some(names), "{language}: {key}");
        }
        for key in other.keys() {
            assert!(english.contains_key(key), "{language}: {key} has no English text");
        }
    }
}

#[test]
fn every_message_formats_in_every_language() {
    for language in Language::ALL {
        let catalogue = Catalogue::new(language);
        for (key, names) in arguments(language) {
            let values: Vec<_> = names.into_iter().map(|name| (name, 3.into())).collect();
            let text = catalogue.text(key, &values);
            assert!(!text.trim().is_empty() && !text.contains("{$"), "{language}: {key}: {text}");
            assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{language}: {key}");
        }
    }
}

#[test]
fn kazakh_and_russian_messages_are_written_in_cyrillic() {
    let cyrillic = |c: char| ('\u{400}'..='\u{4ff}').contains(&c);
    for language in [Language::Kk, Language::Ru] {
        for (key, text) in messages(language) {
            let prose = prose(text);
            let letters = prose.chars().any(char::is_alphabetic);
            assert!(!letters || prose.chars().any(cyrillic), "{language}: {key}: {text}");
        }
    }
    let english = Language::En.source();
    assert!(!english.chars().any(cyrillic));
}

#[test]
fn kazakh_is_written_with_its_own_letters() {
    let kazakh = Language::Kk.source().to_lowercase();
    for letter in "әғқңөұүһі".chars() {
        assert!(kazakh.contains(letter) || letter == 'һ', "{letter}");
    }
    let russian = Language::Ru.source().to_lowercase();
    for letter in "әғқңөұүі".chars() {
        assert!(!russian.contains(letter), "a Kazakh {letter} in the Russian file");
    }
    // Letters of the Latin alphabet that look like Cyrillic ones, beside Cyrillic ones.
    for language in [Language::Kk, Language::Ru] {
        for (key, text) in messages(language) {
            for word in prose(text).split(|c: char| !c.is_alphabetic()) {
                let latin = word.chars().any(|c| c.is_ascii_alphabetic());
                assert!(!latin || word.is_ascii(), "{language}: {key}: {word} mixes alphabets");
            }
        }
    }
}

#[test]
fn texts_keep_to_plain_punctuation() {
    for language in Language::ALL {
        for (key, text) in messages(language) {
            assert!(text.matches('—').count() <= 1, "{language}: {key}: more than one dash");
            assert!(!text.contains("  ") && !text.ends_with(' '), "{language}: {key}: spaces");
            assert!(!text.contains('!'), "{language}: {key}: no need to shout");
        }
    }
}

#[test]
fn numerals_take_the_languages_plural() {
    let check = |language, count: i64, expected: &str| {
        let text = Catalogue::new(language).text("changes-count", &[("count", count.into())]);
        assert_eq!(text, expected);
    };
    check(Language::Kk, 1, "1 өзгеріс");
    check(Language::Kk, 5, "5 өзгеріс");
    check(Language::Ru, 1, "1 изменение");
    check(Language::Ru, 3, "3 изменения");
    check(Language::Ru, 11, "11 изменений");
    check(Language::Ru, 1_021, "1\u{a0}021 изменение");
    check(Language::En, 1, "1 change");
    check(Language::En, 0, "0 changes");
}

#[test]
fn days_moments_sizes_and_times_read_well() {
    let check = |language, expected: [&str; 4]| {
        let catalogue = Catalogue::new(language);
        assert_eq!(catalogue.date(2026, 11, 23), expected[0]);
        assert_eq!(catalogue.moment(1_795_390_200_000, 300), expected[1]);
        assert_eq!(catalogue.size(12_345), expected[2]);
        assert_eq!(catalogue.duration(812.5), expected[3]);
    };
    check(
        Language::Kk,
        ["2026 жылғы 23 қараша", "2026 жылғы 23 қараша, 04:30", "12,3 КБ", "812,5 мс"],
    );
    check(Language::Ru, ["23 ноября 2026 г.", "23 ноября 2026 г., 04:30", "12,3 КБ", "812,5 мс"]);
    check(Language::En, ["23 November 2026", "23 November 2026, 04:30", "12.3 kB", "812.5 ms"]);
    assert_eq!(Catalogue::new(Language::En).date(2026, 13, 1), "2026-13-01");
}

#[test]
fn a_missing_message_shows_its_key() {
    let catalogue = Catalogue::new(Language::Kk);
    assert_eq!(catalogue.text("no-such-message", &[]), "[no-such-message]");
    assert!(!catalogue.has("no-such-message"));
    assert!(catalogue.has("saved-here"));
    assert!(Catalogue::keys().any(|key| key == "saved-here"));
}

#[test]
fn what_a_person_wrote_is_shown_as_it_is() {
    let catalogue = Catalogue::new(Language::En);
    let hostile = "{ $address } \u{202e} <b>`x`</b> [one]";
    let text = catalogue.text("error-server-unreachable", &[("address", hostile.into())]);
    assert!(text.starts_with("The server { $address } \u{202e} <b>`x`</b> [one] does not answer."));
}

#[test]
fn the_environment_chooses_the_language() {
    let check = |variables: &[(&str, &str)], expected| {
        let find =
            |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).into());
        assert_eq!(Language::from_environment(find), expected);
    };
    check(&[], Language::Kk);
    check(&[("LANG", "ru_RU.UTF-8")], Language::Ru);
    check(&[("LANG", "ru_RU.UTF-8"), ("LC_ALL", "en_GB.UTF-8")], Language::En);
    check(&[("JOSPAR_LANG", "kk"), ("LC_ALL", "en_GB.UTF-8")], Language::Kk);
    check(&[("JOSPAR_LANG", ""), ("LC_ALL", "C"), ("LANG", "RU")], Language::Ru);
    check(&[("LANG", "de_DE")], Language::Kk);
    assert_eq!(Language::Kk.name(), "Қазақша");
    assert!("fr".parse::<Language>().is_err());
}

#[test]
fn threads_share_a_catalogue() {
    let catalogue = Catalogue::new(Language::Ru);
    std::thread::scope(|scope| {
        for count in 0..4_i64 {
            let catalogue = &catalogue;
            scope.spawn(move || {
                for _ in 0..100 {
                    let text = catalogue.text("changes-count", &[("count", count.into())]);
                    assert!(text.starts_with(&count.to_string()));
                }
            });
        }
    });
}

#[test]
fn a_day_has_a_first_and_a_last_millisecond() {
    let words = crate::words::Words::utc(Language::En);
    assert_eq!(words.day_bounds("1970-01-02"), Some((86_400_000, 2 * 86_400_000 - 1)));
    assert_eq!(words.day_bounds("2026-02-30"), None);
    assert_eq!(words.day_bounds("1 May"), None);
    let day = 86_400_000;
    assert_eq!(words.span("1970-01-02", None), Ok((day - 1, None)));
    assert_eq!(words.span("1970-01-02", Some("")), Ok((day - 1, None)));
    assert_eq!(words.span("1970-01-02", Some("1970-01-02")), Ok((day - 1, Some(2 * day - 1))));
    assert_eq!(words.span("May", Some("June")), Err("May"));
    assert_eq!(words.span("1970-01-02", Some("June")), Err("June"));
}
