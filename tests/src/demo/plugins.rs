//! The story's part about plugins: answers and results come in, both devices calculate the same, one proposal is taken.

use serde_json::{Value, json};

use super::{Story, StoryError, check, text_of};
use crate::programs::Device;

const ANSWERS: &str = include_str!("../../../data/teacher-survey.csv");
const RESULTS: &str = include_str!("../../../data/lesson-results.csv");
const WEIGHT: &str = "swot/items/s1/weight";

/// The bundled plugins, in the order of the story.
const PLUGINS: [&str; 5] = ["swot", "audit", "survey", "lesson", "ideas"];

impl Story<'_> {
    /// 5. Plugins.
    pub(super) fn plugins(&mut self) -> Result<(), StoryError> {
        self.say("demo-part-plugins", &[]);
        self.go_online()?;
        let (director, teacher) = (self.director.clone(), self.teacher.clone());
        for (plugin, name, table) in
            [("survey", "survey.csv", ANSWERS), ("lesson", "lesson.csv", RESULTS)]
        {
            let file = self.file(name);
            std::fs::write(&file, table)?;
            teacher.run(&["plugin", "grant", plugin, "--all"])?;
            director.run(&["plugin", "grant", plugin, "--all"])?;
            teacher.run(&["plugin", "run", plugin, "import", "--file", &file])?;
            teacher.run(&["plugin", "accept", plugin, "1", "--task", "import"])?;
            self.say("demo-table-imported", &[("file", name.into())]);
        }
        self.meet()?;
        for plugin in PLUGINS {
            let here = report(&director, plugin)?;
            check("the reports of both devices", &here, &report(&teacher, plugin)?)?;
            let language = self.catalogue.language().code();
            let title = text_of(&here["title"][language]);
            let bytes = self.catalogue.size(here.to_string().len() as u64);
            let values = [("title", title.as_str().into()), ("size", bytes.as_str().into())];
            self.say("demo-report-equal", &values);
        }
        let before = Self::value(&director, WEIGHT)?;
        let run = director.run(&["plugin", "run", "swot"])?;
        check("a report alone changes nothing", &before, &Self::value(&teacher, WEIGHT)?)?;
        let proposed = run["proposals"][0]["edits"][0]["set"].clone();
        check("what is proposed first", &json!(WEIGHT), &proposed["path"])?;
        director.run(&["plugin", "accept", "swot", "1"])?;
        self.meet()?;
        check("the accepted weight", &proposed["value"], &Self::value(&teacher, WEIGHT)?)?;
        let factor = self.title(&teacher, "swot/items/s1")?;
        let (before, after) = (text_of(&before), text_of(&proposed["value"]));
        self.say(
            "demo-proposal-taken",
            &[
                ("factor", factor.as_str().into()),
                ("before", before.as_str().into()),
                ("after", after.as_str().into()),
            ],
        );
        self.go_offline();
        Ok(())
    }
}

fn report(device: &Device, plugin: &str) -> Result<Value, StoryError> {
    Ok(device.run(&["plugin", "run", plugin])?["report"].clone())
}
