//! From the columns of a file to the items of a survey: guessed by their heads, changed by a person.

use std::collections::BTreeMap;

use jospar_core::plan::{LocalText, Survey, SurveyItem};
use jospar_export::given::plain;
use jospar_export::{Role, blank};
use jospar_locales::Language;
use jospar_tables::{Table, code};

use super::Row;

/// What a column holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Use {
    /// Answers to the item of this id.
    Item(String),
    /// Groups.
    Group,
    /// Comments.
    Comment,
    /// Nothing that is taken: names, addresses, times.
    Nothing,
}

impl Use {
    /// The value in forms and addresses.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Item(id) => format!("item:{id}"),
            Self::Group => "group".to_owned(),
            Self::Comment => "comment".to_owned(),
            Self::Nothing => String::new(),
        }
    }

    /// What a form says; nothing for what it cannot say.
    pub(crate) fn read(text: &str, survey: &Survey) -> Self {
        match text {
            "group" => Self::Group,
            "comment" => Self::Comment,
            text => {
                let id = text.strip_prefix("item:").unwrap_or_default();
                let known = survey.items.iter().any(|item| item.id == id);
                if known { Self::Item(id.to_owned()) } else { Self::Nothing }
            }
        }
    }
}

/// Heads that groups and comments usually have, in all languages, in lower case.
#[derive(Debug)]
pub(crate) struct Usual {
    /// Of groups.
    pub(crate) groups: Vec<String>,
    /// Of comments.
    pub(crate) comments: Vec<String>,
}

/// What stands in a head besides its code: of `Title [D1. Text]` the text in brackets, of `D1. Text` what follows the code.
fn wording(head: &str) -> String {
    let inner = head.rsplit_once('[').map(|(_, inner)| inner.trim_end().trim_end_matches(']'));
    let text = inner.filter(|inner| !inner.trim().is_empty()).unwrap_or(head);
    plain(text)
}

fn is_worded(item: &SurveyItem, head: &str) -> bool {
    let texts = |text: &LocalText| [text.kk.clone(), text.ru.clone(), text.en.clone()];
    let all = [&item.title, &item.student, &item.parent, &item.administration];
    let mut all = all.into_iter().flat_map(texts).map(|text| plain(&text));
    all.any(|text| !text.is_empty() && (text == head || head.ends_with(&format!(" {text}"))))
}

/// What the columns of a file most likely hold. An item is taken once: the first column that fits has it.
pub(crate) fn guess(survey: &Survey, table: &Table, usual: &Usual) -> Vec<Use> {
    let mut taken: Vec<Use> = Vec::new();
    for head in &table.heads {
        let of_code = || {
            let code = code(head).to_lowercase();
            survey.items.iter().find(|item| item.id.to_lowercase() == code)
        };
        let of_text = || {
            let head = wording(head);
            survey.items.iter().find(|item| is_worded(item, &head))
        };
        let named = plain(head);
        let found = match of_code().or_else(of_text) {
            Some(item) => Use::Item(item.id.clone()),
            None if usual.groups.contains(&named) => Use::Group,
            None if usual.comments.contains(&named) => Use::Comment,
            None => Use::Nothing,
        };
        let again = taken.contains(&found);
        taken.push(if again { Use::Nothing } else { found });
    }
    taken
}

/// A cell that holds no answer of the survey's scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The line in the file.
    pub(crate) line: usize,
    /// The item.
    pub(crate) item: String,
    /// What stands there, the beginning of it.
    pub(crate) cell: String,
}

/// What a file says.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    /// Rows that can be taken.
    pub(crate) rows: Vec<Row>,
    /// Rows that cannot, each by its first wrong cell.
    pub(crate) refused: Vec<Wrong>,
    /// Rows without any answer or comment.
    pub(crate) empty: usize,
}

/// Letters of a wrong cell that are shown.
const CELL_CHARS_MAX: usize = 40;

/// The answers of a survey as a file may write them.
pub(crate) struct Answers {
    range: (i64, i64),
    labels: BTreeMap<String, i64>,
}

impl Answers {
    /// Those of a survey.
    pub(crate) fn of(survey: &Survey) -> Self {
        let mut labels = BTreeMap::new();
        let mut range = (1, 5);
        for language in Language::ALL {
            let answers = blank(survey, Role::Teacher, language).answers;
            let ends = answers.first().zip(answers.last());
            range = ends.map_or(range, |((first, _), (last, _))| (*first, *last));
            labels.extend(answers.into_iter().map(|(answer, label)| (plain(&label), answer)));
        }
        Self { range, labels }
    }

    /// The answer that a cell holds: a whole number of the scale, or what one is called.
    pub(crate) fn read(&self, cell: &str) -> Option<i64> {
        let number = cell.trim().replace(',', ".").parse::<f64>().ok();
        let whole = |number: f64| {
            (self.range.0..=self.range.1).find(|answer| {
                #[expect(clippy::cast_precision_loss, reason = "small numbers")]
                let answer = *answer as f64;
                (answer - number).abs() < f64::EPSILON
            })
        };
        match number {
            Some(number) => whole(number),
            None => self.labels.get(&plain(cell)).copied(),
        }
    }
}

/// Reads the rows of a file by what its columns hold.
pub(crate) fn read(survey: &Survey, table: &Table, uses: &[Use]) -> Batch {
    let answers = Answers::of(survey);
    let mut batch = Batch::default();
    'rows: for row in &table.rows {
        let mut taken = Row::default();
        for (cell, used) in row.cells.iter().zip(uses) {
            let cell = cell.trim();
            match used {
                _ if cell.is_empty() => {}
                Use::Group => taken.group = cell.to_owned(),
                Use::Comment => taken.comment = cell.to_owned(),
                Use::Nothing => {}
                Use::Item(item) => match answers.read(cell) {
                    Some(answer) => {
                        taken.answers.insert(item.clone(), answer);
                    }
                    None => {
                        let cell = cell.chars().take(CELL_CHARS_MAX).collect();
                        batch.refused.push(Wrong { line: row.line, item: item.clone(), cell });
                        continue 'rows;
                    }
                },
            }
        }
        match taken.answers.is_empty() && taken.comment.is_empty() {
            true => batch.empty += 1,
            false => batch.rows.push(taken),
        }
    }
    batch
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use jospar_core::plan::{Kind, Record as _, import};

    use super::*;

    fn survey() -> Survey {
        let plan = import(include_str!("../../../data/example-plan.json")).unwrap();
        let surveys = plan.documents.into_iter().filter(|document| document.kind == Kind::Survey);
        surveys.map(|document| Survey::from_view(&document.record)).next().unwrap()
    }

    /// A text in windows-1251, which has no letters that only Kazakh has.
    fn windows_1251(text: &str) -> Vec<u8> {
        let byte = |letter: char| match u32::from(letter) {
            code @ 0x410..=0x44f => u8::try_from(code - 0x410 + 0xc0).unwrap(),
            code => u8::try_from(code).unwrap(),
        };
        text.chars().map(byte).collect()
    }

    fn usual() -> Usual {
        Usual {
            groups: vec!["топ".into(), "группа".into()], comments: vec!["пікір".into()]
        }
    }

    fn uses(file: &str) -> Vec<String> {
        let table = jospar_tables::read(file.as_bytes()).unwrap();
        guess(&survey(), &table, &usual()).iter().map(Use::name).collect()
    }

    #[test]
    fn columns_are_known_by_code_wording_and_usual_heads() {
        // A table of one's own; Google Forms with a grid; LimeSurvey with codes, and with codes and texts.
        assert_eq!(
            uses("D1;d2. мәтін;Топ;Пікір;E-mail\n1;2;3;4;5"),
            ["item:D1", "item:D2", "group", "comment", ""]
        );
        assert_eq!(
            uses("Timestamp,\"Бағалаңыз [D1. Электронды журнал]\",\"Бағалаңыз [A2]\"\nx,1,2"),
            ["", "item:D1", "item:A2"]
        );
        assert_eq!(
            uses("\"id\",\"D[D1]\",\"D[D3]. Таңдаймын\"\n1,2,3"),
            ["", "item:D1", "item:D3"]
        );
        // By the wording alone, in another language; the second of two stays out.
        assert_eq!(uses("Ежедневно уверенно веду  электронный журнал.,D1\n1,2"), ["item:D1", ""]);
    }

    #[test]
    fn rows_are_taken_or_refused_with_a_reason() {
        let file = "D1;D2;Пікір\n4;Толық келісемін;\n5,0;;Жақсы\n6;1;\nиә;;\n;;\n;;Тек пікір\n";
        let table = jospar_tables::read(file.as_bytes()).unwrap();
        let batch = read(&survey(), &table, &guess(&survey(), &table, &usual()));
        assert_eq!(batch.rows.len(), 3);
        assert_eq!(batch.rows[0].answers, BTreeMap::from([("D1".into(), 4), ("D2".into(), 5)]));
        assert_eq!((batch.rows[1].comment.as_str(), batch.rows[1].answers["D1"]), ("Жақсы", 5));
        let refused: Vec<(usize, &str, &str)> = batch
            .refused
            .iter()
            .map(|wrong| (wrong.line, wrong.item.as_str(), wrong.cell.as_str()))
            .collect();
        assert_eq!(refused, [(4, "D1", "6"), (5, "D1", "иә")]);
    }

    #[test]
    fn the_example_is_read_in_every_encoding_and_with_every_delimiter() {
        let text = include_str!("../../../data/teacher-survey.csv");
        let count = |bytes: &[u8]| {
            let table = jospar_tables::read(bytes).unwrap();
            let uses = guess(&survey(), &table, &usual());
            let items = uses.iter().filter(|used| matches!(used, Use::Item(_))).count();
            let batch = read(&survey(), &table, &uses);
            assert!(batch.refused.is_empty(), "{:?}", batch.refused);
            (items, batch.rows.len())
        };
        let whole = count(text.as_bytes());
        assert_eq!(whole.0, 16);
        assert!(whole.1 > 20);
        let russian = windows_1251("Группа;D1;D2\r\nматематики;4;Согласен\r\nфизики;1;3\r\n");
        assert_eq!(count(&russian), (2, 2));
        let table = jospar_tables::read(&russian).unwrap();
        let batch = read(&survey(), &table, &guess(&survey(), &table, &usual()));
        assert_eq!((batch.rows[0].group.as_str(), batch.rows[0].answers["D2"]), ("математики", 4));
    }
}
