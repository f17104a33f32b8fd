//! W6: the server is killed after the other client has shown an edit; is the edit on the server's own disk?
//!
//! After the kill both clients end before the server starts again, so what it has then comes from its disk alone. Then
//! the author comes back alone, and the server is asked once more.

use std::time::Duration;

use jospar_node::node::Node;
use jospar_node::service::Request;

use crate::history::{document_id, text_place};
use crate::measure::Figures;
use crate::process::{Remote, until_equal};
use crate::school::{School, free_address};

pub(crate) const TRIES: usize = 10;

/// Kills the server so long after the edit was shown, ten times.
pub(crate) fn run(wait: Duration) -> Figures {
    let root = crate::scratch();
    let school = School::new(root.path(), 2);
    let (made, _) = school.history(1, |_, _| {});
    for seat in [&school.server, &school.devices[0], &school.devices[1]] {
        school.seed(seat, &made);
    }
    let (document, path) = text_place(0);
    let document = document_id(&school.workspace, document);
    let (mut kept, mut back) = (0, 0);
    let mut text = String::new();
    for _ in 0..TRIES {
        let server = Remote::start(&school.server, school.address, "");
        let mut b = Remote::start(&school.devices[1], free_address(), &path.to_string());
        let a = Node::start(school.devices[0].config(free_address())).unwrap();
        until_equal(&a, school.server.device);
        b.meet(school.server.device);
        text.push('x');
        let (path, new) = (path.to_string(), text.clone());
        let edit = Request::EditText { path, base: Vec::new(), text: new };
        let answer = a.service().answer_blocking(&edit).unwrap();
        let change = answer["change"].as_str().expect("a change").to_owned();
        b.until_shown(text.len());
        std::thread::sleep(wait);
        server.kill();
        a.stop();
        b.stop();
        let mut server = Remote::start(&school.server, school.address, "");
        let question = format!("has {document} {change}");
        kept += usize::from(server.ask(&question) == "true");
        let a = Node::start(school.devices[0].config(free_address())).unwrap();
        until_equal(&a, school.server.device);
        back += usize::from(server.ask(&question) == "true");
        a.stop();
        server.stop();
    }
    vec![("kept", kept as f64), ("of", TRIES as f64), ("kept_after_author_came_back", back as f64)]
}
