//! W1: two clients on one text through the server.
//!
//! This process is client A. B and the server are processes of their own. A takes the time, makes a one-character edit
//! through the same requests as the page, and waits until B, which watches the text, has written the new length into the
//! pipe that A reads. Nothing is subtracted: the time holds A's commit, both hops, B's taking it in and reading the text,
//! B's own commit, and the pipe.

use std::time::{Duration, Instant};

use jospar_node::node::Node;
use jospar_node::service::Request;

use crate::history::{CHANGES, text_place};
use crate::measure::{Figures, cpu, percentile_us};
use crate::process::{PATIENCE, Remote, until_equal};
use crate::school::{School, free_address};

const EDITS: usize = 1_000;
/// Edits before anything is measured: B's first reads the document from its log.
const WARM_UP: usize = 20;

/// What W1 runs on.
pub(crate) enum Content {
    Empty,
    Plan,
}

struct Text {
    path: String,
    text: String,
}

impl Text {
    /// The request that adds one letter at the end.
    fn typed(&mut self) -> Request {
        self.text.push('x');
        Request::EditText { path: self.path.clone(), base: Vec::new(), text: self.text.clone() }
    }
}

pub(crate) fn run(content: &Content) -> Figures {
    let root = crate::scratch();
    let school = School::new(root.path(), 2);
    let count = if matches!(content, Content::Plan) { CHANGES } else { 1 };
    let (made, plan) = school.history(count, |_, _| {});
    for seat in [&school.server, &school.devices[0], &school.devices[1]] {
        school.seed(seat, &made);
    }
    let server = Remote::start(&school.server, school.address, "");
    let mut text = Text { path: text_place(0).1.to_string(), text: plan.text(0).to_owned() };
    let mut b = Remote::start(&school.devices[1], free_address(), &text.path);
    let a = Node::start(school.devices[0].config(free_address())).unwrap();
    until_equal(&a, school.server.device);
    b.meet(school.server.device);
    for _ in 0..WARM_UP {
        a.service().answer_blocking(&text.typed()).unwrap();
        b.until_shown(text.text.len());
    }
    let before = cpu(server.id());
    let (mut shown, mut saved) = one_by_one(&a, &b, &mut text);
    let per_edit = (cpu(server.id()) - before) / EDITS as u32;
    let burst = burst(&a, &b, &mut text);
    a.stop();
    b.stop();
    server.stop();
    vec![
        ("p50_us", percentile_us(&mut shown, 500)),
        ("p99_us", percentile_us(&mut shown, 990)),
        ("saved_p50_us", percentile_us(&mut saved, 500)),
        ("server_cpu_us_per_edit", per_edit.as_secs_f64() * 1e6),
        ("edits_per_s", EDITS as f64 / burst.as_secs_f64()),
    ]
}

/// The times until B has shown each edit, and until A's own answer that it is saved.
fn one_by_one(a: &Node, b: &Remote, text: &mut Text) -> (Vec<Duration>, Vec<Duration>) {
    let (mut shown, mut saved) = (Vec::with_capacity(EDITS), Vec::with_capacity(EDITS));
    let all = Instant::now();
    for _ in 0..EDITS {
        let request = text.typed();
        let start = Instant::now();
        a.service().answer_blocking(&request).unwrap();
        saved.push(start.elapsed());
        b.until_shown(text.text.len());
        shown.push(start.elapsed());
        assert!(all.elapsed() < PATIENCE, "1,000 edits in time");
    }
    (shown, saved)
}

/// All edits at once, each an edit of its own: the time until B has shown the last.
fn burst(a: &Node, b: &Remote, text: &mut Text) -> Duration {
    let requests: Vec<Request> = (0..EDITS).map(|_| text.typed()).collect();
    let start = Instant::now();
    crate::process::block_on(async {
        let mut tasks = Vec::with_capacity(EDITS);
        for request in requests {
            let service = a.service().clone();
            tasks.push(tokio::spawn(async move { service.answer(&request).await }));
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
    });
    b.until_shown(text.text.len());
    start.elapsed()
}
