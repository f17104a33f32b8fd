//! The main job as a story: two people write one school's plan offline, and it merges over QUIC, then by USB stick.
//!
//! Real programs on loopback, the example plan, and words that a school understands. Every line is checked: the story
//! stops at the first thing that is not as it should be. `cargo xtask demo` tells it, a test asserts it.

mod plugins;

use std::path::{Path, PathBuf};
use std::time::Instant;

use jospar_locales::{Catalogue, Value as Word};
use serde_json::{Value, json};

use crate::programs::{Background, Device, ProgramError, start_server, until};

const EXAMPLE: &str = include_str!("../../data/example-plan.json");
const TEXT: &str = "initiatives/in1/chain/strategy/text";
const DUE: &str = "initiatives/in1/due";
const IDEA: &str = "design_thinking/dt1/ideate/ideas/i1";
const REMOVED: &str = "risks/rk4";

/// Why the story stopped.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    /// A program did not do what it should.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// Something is not as it should be.
    #[error("{what}: {expected} was expected, {found} was found")]
    Unlike {
        /// What was looked at.
        what: String,
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// A file could not be written, or the story not be told.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// One line of the story: the message's key and what the person reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The key in the catalogue.
    pub key: String,
    /// The text.
    pub text: String,
}

/// Who tells the story, and where.
pub struct Story<'a> {
    catalogue: &'a Catalogue,
    folder: PathBuf,
    address: String,
    tell: &'a mut dyn FnMut(&Line),
    server: Option<Background>,
    director: Device,
    teacher: Device,
    nodes: Vec<Background>,
}

impl std::fmt::Debug for Story<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Story({})", self.folder.display())
    }
}

fn check(what: &str, expected: &Value, found: &Value) -> Result<(), StoryError> {
    if expected == found {
        return Ok(());
    }
    let (expected, found) = (expected.to_string(), found.to_string());
    Err(StoryError::Unlike { what: what.to_owned(), expected, found })
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn short(digest: &Value) -> String {
    text_of(digest).chars().take(16).collect()
}

impl<'a> Story<'a> {
    /// A story in an empty folder, told line by line.
    pub fn new(catalogue: &'a Catalogue, folder: &Path, tell: &'a mut dyn FnMut(&Line)) -> Self {
        Self {
            catalogue,
            folder: folder.to_owned(),
            address: String::new(),
            tell,
            server: None,
            director: Device::new(folder, "director"),
            teacher: Device::new(folder, "teacher"),
            nodes: Vec::new(),
        }
    }

    /// Tells all of it.
    ///
    /// # Errors
    /// [`StoryError`]: what was not as it should be.
    pub fn run(mut self) -> Result<(), StoryError> {
        let start = Instant::now();
        self.say("demo-title", &[]);
        self.say("demo-intro", &[]);
        let folder = self.folder.display().to_string();
        self.say("demo-folder", &[("folder", folder.as_str().into())]);
        self.begin()?;
        let before = self.offline()?;
        self.online(&before)?;
        self.usb()?;
        self.plugins()?;
        let time = self.catalogue.duration(start.elapsed().as_secs_f64() * 1_000.0);
        self.say("demo-done", &[("time", time.as_str().into())]);
        self.how_to_try();
        Ok(())
    }

    fn say(&mut self, key: &str, values: &[(&str, Word)]) {
        let line = Line { key: key.to_owned(), text: self.catalogue.text(key, values) };
        (self.tell)(&line);
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn go_online(&mut self) -> Result<(), StoryError> {
        self.nodes = vec![self.director.go_online()?, self.teacher.go_online()?];
        Ok(())
    }

    fn go_offline(&mut self) {
        self.nodes.drain(..).for_each(Background::stop);
    }

    /// Waits until both devices have the same.
    fn meet(&self) -> Result<(), StoryError> {
        until("both devices have the same", || {
            Ok(self.director.run(&["status"])?["digest"]
                == self.teacher.run(&["status"])?["digest"])
        })?;
        Ok(())
    }

    fn value(device: &Device, path: &str) -> Result<Value, StoryError> {
        Ok(device.run(&["show", path])?["value"].clone())
    }

    fn title(&self, device: &Device, path: &str) -> Result<String, StoryError> {
        let title = Self::value(device, &format!("{path}/title"))?;
        let language = self.catalogue.language().code();
        Ok(text_of(title.get(language).or_else(|| title.get("kk")).unwrap_or(&Value::Null)))
    }

    /// 1. A school joins the server.
    fn begin(&mut self) -> Result<(), StoryError> {
        self.say("demo-part-start", &[]);
        let server = start_server(&self.folder.join("server"), "127.0.0.1:0")?;
        let address = text_of(&server.first["listening"]);
        self.address.clone_from(&address);
        let claim = text_of(&server.second["claim"]);
        self.server = Some(server);
        self.say("demo-server-started", &[("address", address.as_str().into())]);
        let school: Value = serde_json::from_str(EXAMPLE).unwrap_or_default();
        let school = text_of(&school["plan"]["school"]["kk"]);
        self.director.run(&["init", "--school", &school, "--name", "Гүлнар Сәрсенова"])?;
        self.go_online_director()?;
        self.director.run(&["claim", &claim])?;
        self.say("demo-director-founded", &[("school", school.as_str().into())]);
        let plan = self.file("plan.json");
        std::fs::write(&plan, EXAMPLE)?;
        let imported = self.director.run(&["import", &plan])?;
        check("notices", &json!([]), &imported["notices"])?;
        let count = |member: &str| Word::from(imported[member].as_u64().unwrap_or(0));
        self.say("demo-imported", &[("documents", count("documents")), ("items", count("items"))]);
        let invite = self.director.run(&["invite", "--role", "teacher"])?;
        self.say("demo-teacher-invited", &[]);
        let (words, bytes, time) = self.let_in(&text_of(&invite["link"]))?;
        self.say("demo-teacher-joined", &[("words", words.as_str().into())]);
        let size = self.catalogue.size(bytes);
        self.say(
            "demo-first-sync",
            &[("size", size.as_str().into()), ("time", time.as_str().into())],
        );
        let node = self.teacher.go_online()?;
        self.nodes.push(node);
        self.meet()?;
        self.teacher.until_synced()?;
        let example: Value = serde_json::from_str(EXAMPLE).unwrap_or_default();
        let exported = self.file("exported.json");
        self.teacher.run(&["export", &exported])?;
        let exported: Value =
            serde_json::from_slice(&std::fs::read(&exported)?).unwrap_or_default();
        check("the plan on the teacher's device", &example, &exported)
    }

    fn go_online_director(&mut self) -> Result<(), StoryError> {
        let node = self.director.go_online()?;
        self.nodes.push(node);
        Ok(())
    }

    fn since(&self, start: Instant) -> String {
        self.catalogue.duration(start.elapsed().as_secs_f64() * 1_000.0)
    }

    /// The teacher asks, the director compares the words and says yes. Returns the words, the bytes that the plan took
    /// to the teacher's device, and the time from the yes until it was there.
    fn let_in(&mut self, link: &str) -> Result<(String, u64, String), StoryError> {
        let mut joining = self.teacher.command();
        joining.args(["join", link, "--name", "Әсет Болатов", "--listen", "127.0.0.1:0"]);
        joining.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::null());
        let mut joining = joining.spawn()?;
        let director = self.director.clone();
        let mut words = String::new();
        let waited = until("the director hears of the teacher", || {
            let devices = director.run(&["devices"])?;
            let waiting = devices["waiting"].get(0).cloned().unwrap_or_default();
            words = waiting["words"].as_str().unwrap_or("").to_owned();
            Ok(!words.is_empty())
        });
        if let Err(error) = waited {
            drop(joining.kill());
            return Err(error.into());
        }
        let start = Instant::now();
        self.director.run(&["confirm", &words])?;
        let ended = joining.wait_with_output()?;
        check("the teacher is in", &json!(true), &json!(ended.status.success()))?;
        let joined: Value = serde_json::from_slice(&ended.stdout).unwrap_or_default();
        let bytes = joined.pointer("/status/server/traffic/bytes_received");
        Ok((words, bytes.and_then(Value::as_u64).unwrap_or(0), self.since(start)))
    }

    /// 2. No connection, and work goes on. Returns the paragraph as it was.
    fn offline(&mut self) -> Result<String, StoryError> {
        self.say("demo-part-offline", &[]);
        self.go_offline();
        self.say("demo-offline", &[]);
        let before = text_of(&Self::value(&self.director, TEXT)?);
        let (first, last) = ("Қазан айында қайта қаралады. ", " Нәтижесі ай сайын көрсетіледі.");
        self.write(&self.director.clone(), TEXT, &format!("{first}{before}"))?;
        self.write(&self.teacher.clone(), TEXT, &format!("{before}{last}"))?;
        let item = self.title(&self.director, "initiatives/in1")?;
        self.say(
            "demo-director-writes",
            &[("place", item.as_str().into()), ("text", first.trim().into())],
        );
        self.say("demo-teacher-writes", &[("text", last.trim().into())]);
        self.director.run(&["set", DUE, "2027-05-28"])?;
        self.teacher.run(&["set", DUE, "2027-06-11"])?;
        let date = |day| self.catalogue.date(2027, if day == 28 { 5 } else { 6 }, day);
        let (earlier, later) = (date(28), date(11));
        self.say(
            "demo-director-date",
            &[("item", item.as_str().into()), ("date", earlier.as_str().into())],
        );
        self.say("demo-teacher-date", &[("date", later.as_str().into())]);
        for (device, id, title, key) in self.new_risks() {
            let title_field = format!("title.kk={title}");
            let fields = ["add", "risks", "--id", id, &title_field, "likelihood=2", "impact=3"];
            device.run(&fields)?;
            self.say(key, &[("title", title.into())]);
        }
        self.director.run(&["set", &format!("{IDEA}/ballots/dir"), "true"])?;
        self.teacher.run(&["set", &format!("{IDEA}/ballots/inf"), "true"])?;
        let idea = self.title(&self.director, IDEA)?;
        self.say("demo-both-vote", &[("idea", idea.as_str().into())]);
        let removed = self.title(&self.director, REMOVED)?;
        self.director.run(&["remove", REMOVED])?;
        self.say("demo-director-removes", &[("item", removed.as_str().into())]);
        let measure = "Апталық кестеде бір сағат бөлу";
        let title_field = format!("title.kk={measure}");
        self.teacher.run(&[
            "add",
            &format!("{REMOVED}/mitigations"),
            "--id",
            "rk4new",
            &title_field,
        ])?;
        self.say("demo-teacher-edits-removed", &[("text", measure.into())]);
        self.count_waiting()?;
        Ok(before)
    }

    fn new_risks(&self) -> [(Device, &'static str, &'static str, &'static str); 2] {
        [
            (self.director.clone(), "rk-director", "Мамандар ауысуы", "demo-director-risk"),
            (self.teacher.clone(), "rk-teacher", "Интернеттің үзілуі", "demo-teacher-risk"),
        ]
    }

    fn write(&self, device: &Device, path: &str, text: &str) -> Result<(), StoryError> {
        let file = self.file("text.txt");
        std::fs::write(&file, text)?;
        device.run(&["text", path, "--from", &file])?;
        Ok(())
    }

    fn count_waiting(&mut self) -> Result<(), StoryError> {
        let waiting = |device: &Device| -> Result<u64, StoryError> {
            Ok(device.run(&["status"])?["server"]["unacknowledged"].as_u64().unwrap_or(0))
        };
        let (director, teacher) = (waiting(&self.director)?, waiting(&self.teacher)?);
        check("changes that wait at the director's", &json!(5), &json!(director))?;
        check("changes that wait at the teacher's", &json!(5), &json!(teacher))?;
        self.say(
            "demo-saved-offline",
            &[("director", director.into()), ("teacher", teacher.into())],
        );
        Ok(())
    }

    /// 3. The connection is back.
    fn online(&mut self, before: &str) -> Result<(), StoryError> {
        self.say("demo-part-online", &[]);
        let start = Instant::now();
        self.go_online()?;
        self.say("demo-online", &[]);
        let (director, teacher) = (self.director.clone(), self.teacher.clone());
        self.meet()?;
        let time = self.since(start);
        let status = self.director.until_synced()?;
        let other = self.teacher.until_synced()?;
        let merged = text_of(&Self::value(&self.teacher, TEXT)?);
        let expected =
            format!("Қазан айында қайта қаралады. {before} Нәтижесі ай сайын көрсетіледі.");
        check("the merged paragraph", &json!(expected), &json!(merged))?;
        check(
            "the same paragraph at the director's",
            &json!(merged),
            &Self::value(&self.director, TEXT)?,
        )?;
        self.say("demo-merged-text", &[("text", merged.as_str().into())]);
        self.show_conflicts()?;
        for (device, id) in [(&director, "rk-teacher"), (&teacher, "rk-director")] {
            check(
                "the other's risk",
                &json!(3),
                &Self::value(device, &format!("risks/{id}/impact"))?,
            )?;
        }
        let [first, second] = self.new_risks().map(|(_, _, title, _)| title);
        self.say("demo-risks-both", &[("first", first.into()), ("second", second.into())]);
        let ballots = Self::value(&self.director, &format!("{IDEA}/ballots"))?;
        check("votes", &json!({"dir": true, "inf": true}), &ballots)?;
        let idea = self.title(&self.director, IDEA)?;
        self.say("demo-votes", &[("idea", idea.as_str().into()), ("count", 2_u64.into())]);
        self.say_equal(&status, &other)?;
        self.say_cost(&other["server"]["traffic"], &time);
        self.idle()
    }

    fn say_cost(&mut self, traffic: &Value, time: &str) {
        let number = |member: &str| traffic[member].as_u64().unwrap_or(0);
        let bytes = self.catalogue.size(number("bytes_sent") + number("bytes_received"));
        let trips = number("round_trips");
        self.say(
            "demo-cost",
            &[("bytes", bytes.as_str().into()), ("trips", trips.into()), ("time", time.into())],
        );
    }

    fn show_conflicts(&mut self) -> Result<(), StoryError> {
        let conflicts = self.director.run(&["conflicts"])?["conflicts"].clone();
        check(
            "conflicts on both devices",
            &conflicts,
            &self.teacher.run(&["conflicts"])?["conflicts"],
        )?;
        let all = conflicts.as_array().cloned().unwrap_or_default();
        let at = |path: &str| all.iter().find(|c| c["path"] == path).cloned().unwrap_or_default();
        self.say("demo-conflict", &[]);
        let mut values = Vec::new();
        for (index, candidate) in at(DUE)["candidates"].as_array().into_iter().flatten().enumerate()
        {
            let (who, value) = (text_of(&candidate["who"]), text_of(&candidate["value"]));
            values.push((value.clone(), who.clone()));
            let when = self.catalogue.moment(candidate["time_ms"].as_i64().unwrap_or(0), 0);
            self.say(
                "conflict-candidate",
                &[
                    ("number", (index as u64 + 1).into()),
                    ("value", value.as_str().into()),
                    ("who", who.as_str().into()),
                    ("when", when.as_str().into()),
                ],
            );
        }
        values.sort();
        let expected = json!([["2027-05-28", "Гүлнар Сәрсенова"], ["2027-06-11", "Әсет Болатов"]]);
        check("both dates with names", &expected, &json!(values))?;
        let risk = at(REMOVED);
        check("what was removed and edited", &json!("removed_edited"), &risk["kind"])?;
        let item = self.title(&self.director, REMOVED)?;
        self.say("demo-removed-edited", &[("item", item.as_str().into())]);
        let chosen = text_of(&at(DUE)["candidates"][0]["value"]);
        self.director.run(&["resolve", DUE, "1"])?;
        self.director.run(&["resolve", REMOVED, "keep"])?;
        let (teacher, expected) = (self.teacher.clone(), json!([]));
        until("the decision is everywhere", || {
            Ok(teacher.run(&["conflicts"])?["conflicts"] == expected)
        })?;
        check("the decision", &json!(chosen), &Self::value(&self.teacher, DUE)?)?;
        self.say("demo-conflict-resolved", &[("date", chosen.as_str().into())]);
        Ok(())
    }

    fn say_equal(&mut self, director: &Value, teacher: &Value) -> Result<(), StoryError> {
        check("a server that has everything", &json!(true), &director["synced"])?;
        check("a server that has everything", &json!(true), &teacher["synced"])?;
        self.director.until_synced()?;
        self.teacher.until_synced()?;
        let heads = ["status", "--heads"];
        let (one, other) = (self.director.run(&heads)?, self.teacher.run(&heads)?);
        check("heads", &one["heads"], &other["heads"])?;
        check("vectors", &one["digest"], &other["digest"])?;
        let (heads, vectors) = (short(&one["heads"]), short(&one["digest"]));
        self.say("demo-equal-two", &[("digest", heads.as_str().into())]);
        self.say("demo-equal-vectors", &[("digest", vectors.as_str().into())]);
        Ok(())
    }

    /// Both go away and come back with nothing new.
    fn idle(&mut self) -> Result<(), StoryError> {
        self.go_offline();
        self.go_online()?;
        self.director.until_synced()?;
        let status = self.teacher.until_synced()?;
        let traffic = &status["server"]["traffic"];
        let number = |member: &str| traffic[member].as_u64().unwrap_or(u64::MAX);
        let (sent, received) = (number("bytes_sent"), number("bytes_received"));
        check(
            "an idle return costs at most 200 bytes each way",
            &json!(true),
            &json!(sent <= 200 && received <= 200),
        )?;
        check("round trips of an idle return", &json!(1), &json!(number("round_trips")))?;
        let bytes = self.catalogue.size(sent + received);
        self.say(
            "demo-idle-cost",
            &[("bytes", bytes.as_str().into()), ("trips", number("round_trips").into())],
        );
        Ok(())
    }

    /// 4. Without the server: by USB stick.
    fn usb(&mut self) -> Result<(), StoryError> {
        self.say("demo-part-usb", &[]);
        self.go_offline();
        if let Some(server) = self.server.take() {
            server.stop();
        }
        self.say("demo-server-off", &[]);
        let (first, second) = ("Бұйрық дайындалды.", "Оқу материалы дайын.");
        let path = "initiatives/in2/chain/strategy/text";
        let before = text_of(&Self::value(&self.director, path)?);
        self.write(&self.director.clone(), path, &format!("{first} {before}"))?;
        self.write(&self.teacher.clone(), path, &format!("{before} {second}"))?;
        self.say(
            "demo-both-write-again",
            &[("director", first.into()), ("teacher", second.into())],
        );
        let carried = [
            (self.director.clone(), self.teacher.clone(), "director", "teacher"),
            (self.teacher.clone(), self.director.clone(), "teacher", "director"),
        ];
        for (from, to, from_name, to_name) in carried {
            let file = self.file(&format!("{from_name}.jospar"));
            let written = from.run(&["bundle", &file])?;
            let size = self.catalogue.size(written["bytes"].as_u64().unwrap_or(0));
            let role = |name: &str| self.catalogue.text(&format!("role-{name}"), &[]);
            let (from_name, to_name) = (role(from_name), role(to_name));
            self.say(
                "demo-usb-written",
                &[
                    ("name", from_name.as_str().into()),
                    ("file", file.as_str().into()),
                    ("size", size.as_str().into()),
                ],
            );
            let taken = to.run(&["import", &file])?;
            let new = taken["new"].as_u64().unwrap_or(0);
            self.say(
                "demo-usb-read",
                &[("name", to_name.as_str().into()), ("changes", new.into())],
            );
        }
        let expected = json!(format!("{first} {before} {second}"));
        check("the paragraph at the director's", &expected, &Self::value(&self.director, path)?)?;
        check("the paragraph at the teacher's", &expected, &Self::value(&self.teacher, path)?)?;
        self.say("demo-merged-text", &[("text", text_of(&expected).as_str().into())]);
        let heads = ["status", "--heads"];
        let (one, other) = (self.director.run(&heads)?, self.teacher.run(&heads)?);
        check("heads", &one["heads"], &other["heads"])?;
        check("vectors", &one["digest"], &other["digest"])?;
        self.say("demo-equal-two", &[("digest", short(&one["digest"]).as_str().into())]);
        self.server = Some(start_server(&self.folder.join("server"), &self.address)?);
        self.go_online()?;
        self.director.until_synced()?;
        self.teacher.until_synced()?;
        self.say("demo-usb-server-back", &[]);
        self.go_offline();
        Ok(())
    }

    /// 6. How to try it by hand.
    fn how_to_try(&mut self) {
        self.say("demo-part-try", &[]);
        self.say("demo-try", &[]);
        let (folder, bin) = (self.folder.display().to_string(), crate::programs::built("jospar"));
        let bin = bin.parent().map(|bin| bin.display().to_string()).unwrap_or_default();
        let address = &self.address;
        let terminals = [
            (
                "server",
                vec![format!("{bin}/jospar-server --data {folder}/server run --listen {address}")],
            ),
            (
                "director",
                vec![
                    format!(
                        "{bin}/jospar --data {folder}/director --keys {folder}/director-keys node"
                    ),
                    format!(
                        "{bin}/jospar --data {folder}/director --keys {folder}/director-keys show initiatives/in1"
                    ),
                ],
            ),
            (
                "teacher",
                vec![
                    format!(
                        "{bin}/jospar --data {folder}/teacher --keys {folder}/teacher-keys sync"
                    ),
                    format!(
                        "{bin}/jospar --data {folder}/teacher --keys {folder}/teacher-keys text {TEXT}"
                    ),
                ],
            ),
        ];
        for (index, (who, commands)) in terminals.into_iter().enumerate() {
            let who = self.catalogue.text(&format!("role-{who}"), &[]);
            let number = Word::from(index as u64 + 1);
            self.say("demo-try-terminal", &[("number", number), ("who", who.as_str().into())]);
            for command in commands {
                (self.tell)(&Line { key: "command".to_owned(), text: format!("    {command}") });
            }
        }
        self.say("demo-try-edit", &[]);
        self.say("demo-try-clean", &[("folder", folder.as_str().into())]);
    }
}
