//! A survey as a form that people fill in elsewhere: on paper, in LimeSurvey, in Google Forms.
//!
//! The same plan, survey, role and languages give the same bytes. The codes of the items stand in front of their texts,
//! so that the answers find their way back.

mod google;
mod limesurvey;

use jospar_core::plan::{Kind, LocalText, Record as _, Survey, SurveyItem};
use jospar_locales::{Catalogue, Language};

use crate::{ExportError, File, Plan};

/// Who is asked. The wording of an item may be another for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Teachers.
    Teacher,
    /// Students.
    Student,
    /// Parents.
    Parent,
    /// Those who lead the school.
    Administration,
}

impl Role {
    /// All roles.
    pub const ALL: [Self; 4] = [Self::Teacher, Self::Student, Self::Parent, Self::Administration];

    /// The name, as in answers: `teacher`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Teacher => "teacher",
            Self::Student => "student",
            Self::Parent => "parent",
            Self::Administration => "administration",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// An item as it is put to this role; as to a teacher where nothing else is written.
    #[must_use]
    pub fn wording(self, item: &SurveyItem) -> &LocalText {
        let own = match self {
            Self::Teacher => &item.title,
            Self::Student => &item.student,
            Self::Parent => &item.parent,
            Self::Administration => &item.administration,
        };
        if own.is_empty() { &item.title } else { own }
    }
}

/// Where a form is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FormFormat {
    /// LimeSurvey's structure of a survey, tab-separated (`.txt`), with all languages that the survey has.
    LimeSurvey,
    /// A script for script.google.com that makes the form (`.gs`).
    Google,
    /// Text to print (`.md`).
    Markdown,
}

impl FormFormat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::LimeSurvey, Self::Google, Self::Markdown];

    /// The name on the command line and in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::LimeSurvey => "limesurvey",
            Self::Google => "google",
            Self::Markdown => "md",
        }
    }

    /// The format of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::LimeSurvey => "txt",
            Self::Google => "gs",
            Self::Markdown => "md",
        }
    }
}

/// A part of a form: items that measure one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The scale's id; empty for items of no scale.
    pub id: String,
    /// What it is called; empty for items of no scale.
    pub title: String,
    /// Codes and texts.
    pub items: Vec<(String, String)>,
}

/// A form with nothing filled in, in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blank {
    /// What the survey is called.
    pub title: String,
    /// The parts in the order of the scales.
    pub sections: Vec<Section>,
    /// What can be answered, with what each is called; the number again where it has no name.
    pub answers: Vec<(i64, String)>,
    /// Names of the groups that a report may name.
    pub groups: Vec<String>,
}

/// Answers of a scale, at most.
const ANSWERS_MAX: i64 = 100;

/// The form of a survey for a role, in a language.
#[must_use]
pub fn blank(survey: &Survey, role: Role, language: Language) -> Blank {
    let code = language.code();
    let text = |item: &SurveyItem| (item.id.clone(), role.wording(item).text(code).to_owned());
    let mut sections = Vec::new();
    let mut seen: Vec<&str> = Vec::new();
    for scale in &survey.scales {
        let of_scale = |id: &String| survey.items.iter().find(|item| item.id == *id);
        let items: Vec<&SurveyItem> = scale
            .items
            .iter()
            .filter_map(of_scale)
            .filter(|item| !seen.contains(&item.id.as_str()))
            .collect();
        seen.extend(items.iter().map(|item| item.id.as_str()));
        if !items.is_empty() {
            let items = items.into_iter().map(text).collect();
            let title = scale.title.text(code).to_owned();
            sections.push(Section { id: scale.id.clone(), title, items });
        }
    }
    let rest = survey.items.iter().filter(|item| !seen.contains(&item.id.as_str()));
    let rest: Vec<(String, String)> = rest.map(text).collect();
    if !rest.is_empty() {
        sections.push(Section { id: String::new(), title: String::new(), items: rest });
    }
    let groups = survey.groups.iter().map(|group| group.title.text(code).to_owned());
    Blank {
        title: survey.title.text(code).to_owned(),
        sections,
        answers: answers(survey, language),
        groups: groups.filter(|title| !title.is_empty()).collect(),
    }
}

/// The answers of the survey's scale; 1 to 5 where it says nothing.
fn answers(survey: &Survey, language: Language) -> Vec<(i64, String)> {
    #[expect(clippy::cast_possible_truncation, reason = "saturates, and is bounded below")]
    let whole = |number: Option<f64>, usual: i64| number.map_or(usual, |number| number as i64);
    let min = whole(survey.scale.min, 1).clamp(-ANSWERS_MAX, ANSWERS_MAX);
    let max = whole(survey.scale.max, 5).clamp(min, min + ANSWERS_MAX);
    let label = |answer: i64| {
        let label = survey.scale.labels.iter().find(|label| label.id == answer.to_string());
        let label = label.map(|label| match language {
            Language::Kk => [&label.kk, &label.ru, &label.en],
            Language::Ru => [&label.ru, &label.kk, &label.en],
            Language::En => [&label.en, &label.kk, &label.ru],
        });
        let text = label.into_iter().flatten().find(|text| !text.trim().is_empty());
        text.map_or_else(|| answer.to_string(), |text| text.trim().to_owned())
    };
    (min..=max).map(|answer| (answer, label(answer))).collect()
}

/// The languages in which anything of a survey is written, the wanted one first.
fn languages(survey: &Survey, role: Role, wanted: Language) -> Vec<Language> {
    let written = |language: &Language| {
        let written = |item: &SurveyItem| {
            let text = role.wording(item);
            let own = match language {
                Language::Kk => &text.kk,
                Language::Ru => &text.ru,
                Language::En => &text.en,
            };
            !own.trim().is_empty()
        };
        *language != wanted && survey.items.iter().any(written)
    };
    std::iter::once(wanted).chain(Language::ALL.into_iter().filter(written)).collect()
}

/// A survey of the plan as a form.
///
/// # Errors
/// [`ExportError::UnknownId`] if the plan has no such survey.
pub fn questionnaire(
    plan: &Plan,
    id: &str,
    role: Role,
    format: FormFormat,
    language: Language,
) -> Result<File, ExportError> {
    let unknown = || ExportError::UnknownId { id: id.chars().take(80).collect() };
    let surveys = plan.of_kind(Kind::Survey).map(Survey::from_view);
    let survey = surveys.into_iter().find(|survey| survey.id == id).ok_or_else(unknown)?;
    let (text, mime) = match format {
        FormFormat::LimeSurvey => {
            let forms: Vec<(Language, Blank)> = languages(&survey, role, language)
                .into_iter()
                .map(|language| (language, blank(&survey, role, language)))
                .collect();
            (limesurvey::write(&forms), "text/tab-separated-values; charset=utf-8")
        }
        FormFormat::Google => {
            let form = blank(&survey, role, language);
            (google::write(&form, &Catalogue::new(language)), "text/plain; charset=utf-8")
        }
        FormFormat::Markdown => {
            let form = blank(&survey, role, language);
            (markdown(&form, &Catalogue::new(language)), "text/markdown; charset=utf-8")
        }
    };
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let name: String = id.chars().take(40).map(plain).collect();
    let name = format!("survey-{name}-{}.{}", role.name(), format.extension());
    Ok(File { name, mime, bytes: text.into_bytes() })
}

/// The form as text: a box for each answer.
fn markdown(form: &Blank, words: &Catalogue) -> String {
    let mut text = format!("# {}\n\n{}\n", line(&form.title), words.text("survey-paper-how", &[]));
    for section in &form.sections {
        if !section.title.is_empty() {
            text.push_str(&format!("\n## {}\n", line(&section.title)));
        }
        for (code, item) in &section.items {
            text.push_str(&format!("\n{}. {}\n\n", line(code), line(item)));
            for (answer, label) in &form.answers {
                let label = if *label == answer.to_string() { String::new() } else { line(label) };
                text.push_str(format!("- ☐ {answer} {label}").trim_end());
                text.push('\n');
            }
        }
    }
    if !form.groups.is_empty() {
        text.push_str(&format!("\n{}\n\n", words.text("survey-group", &[])));
        for group in &form.groups {
            text.push_str(&format!("- ☐ {}\n", line(group)));
        }
    }
    text.push_str(&format!("\n{}\n\n", words.text("survey-comment", &[])));
    text.push_str(&"\\_".repeat(60));
    text.push('\n');
    text
}

/// A text on one line, with nothing in it that Markdown takes for a mark.
fn line(text: &str) -> String {
    let mut shown = String::new();
    for letter in text.split_whitespace().collect::<Vec<_>>().join(" ").chars() {
        if "\\`*_{}[]<>#|~&".contains(letter) {
            shown.push('\\');
        }
        shown.push(letter);
    }
    shown
}

#[cfg(test)]
mod tests;
