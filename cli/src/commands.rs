//! The commands: what each asks of a node and how it tells the answer.

pub(crate) mod approvals;
pub(crate) mod check;
pub(crate) mod compare;
pub(crate) mod drops;
pub(crate) mod entry;
mod evidence;
pub(crate) mod export;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod members;
pub(crate) mod model;
pub(crate) mod node;
pub(crate) mod open;
pub(crate) mod plan;
pub(crate) mod plugins;
pub(crate) mod sync;
pub(crate) mod tables;
pub(crate) mod text;
pub(crate) mod trust;
pub(crate) mod years;

use std::time::Duration;

use jospar_node::service::Fault;

use crate::args::Command;
use crate::session::{Outcome, Session};

/// Carries a command out.
///
/// # Errors
/// A fault if it was not carried out.
pub(crate) fn run(session: &mut Session, command: Command) -> Outcome {
    let empty = |path: Option<String>| path.unwrap_or_default();
    match command {
        Command::Init { school, name } => entry::init(session, school, name),
        Command::Show { path, at } => plan::show(session, &empty(path), at.as_deref()),
        Command::Set { path, value, text } => plan::set(session, path, value.as_deref(), text),
        Command::Add { path, fields, id, after, text } => {
            plan::add(session, plan::Addition { path, fields, id, after, as_text: text })
        }
        Command::Remove { path, value } => plan::remove(session, path, value),
        Command::Keep { path } => plan::keep(session, path),
        Command::Move { path, after, first: _ } => plan::place(session, path, after),
        Command::Include { path, value } => plan::include(session, path, value),
        Command::Text { path, from } => text::text(session, path, from.as_deref()),
        Command::Status { strict, heads } => sync::status(session, strict, heads),
        Command::Sync { timeout, network } => sync::sync(session, timeout, network),
        Command::History { path, from: Some(from), to, .. } => {
            compare::compare(session, empty(path), &from, to.as_deref())
        }
        Command::History { path, limit, .. } => history::history(session, &empty(path), limit),
        Command::Conflicts => history::conflicts(session),
        Command::Resolve { path, choice } => history::resolve(session, path, &choice),
        Command::Undo { count } => history::undo(session, count),
        Command::RestoreTo { change } => history::restore_to(session, &change),
        Command::NextYear { back: true, .. } => years::take_back(session),
        Command::NextYear { start, end, leave, carry, preview, .. } => {
            years::next(session, years::Wanted { start, end, leave, carry, preview })
        }
        Command::Survey { action } => export::survey(session, action),
        Command::Years { year, path } => years::years(session, year, path),
        Command::Lint { as_of, strict } => check::lint(session, as_of, strict),
        Command::Import { file, list: Some(list), map, preview } => {
            tables::import(session, &tables::Wanted { file, list, map, preview })
        }
        Command::Import { file, .. } => files::import(session, &file),
        Command::Export(wanted) => export::export(session, wanted),
        Command::Bundle { file } => files::bundle(session, &file),
        Command::Backup { path } => files::backup(session, &path),
        Command::Restore { file, replace } => files::restore(session, &file, replace),
        Command::Quarantine { action } => trust::quarantine(session, action),
        Command::Doctor { repair: true } => check::repair(session),
        Command::Doctor { repair: false } => check::doctor(session),
        other => members_and_node(session, other),
    }
}

/// Carries out what has to do with other devices and with the program itself.
fn members_and_node(session: &mut Session, command: Command) -> Outcome {
    match command {
        Command::Invite { role, address, qr } => members::invite(session, role, address, qr),
        Command::Join { link: Some(link), name, timeout, network, .. } => {
            let timeout = timeout.map(Duration::from_secs);
            entry::join(session, link, name, entry::Waiting { timeout, network })
        }
        Command::Join { file: Some(file), name, .. } => entry::join_file(session, &file, name),
        Command::Claim { link, timeout, network } => {
            let timeout = Some(Duration::from_secs(timeout));
            entry::claim(session, link, entry::Waiting { timeout, network })
        }
        Command::Devices => members::devices(session),
        Command::Confirm { device, role, kinds } => members::confirm(session, device, role, kinds),
        Command::Decline { device } => members::decline(session, device),
        Command::Revoke { device } => members::revoke(session, device),
        Command::Role { device, role, kinds, until } => {
            trust::assign(session, device, role, kinds, until)
        }
        Command::Deputy { device } => {
            trust::assign(session, device, "director".to_owned(), Vec::new(), None)
        }
        Command::Rotate => trust::rotate(session),
        Command::Recovery { action } => trust::recovery(session, action),
        Command::Trust => trust::state(session),
        Command::Drop { document, reason } => drops::drop_document(session, document, reason),
        Command::Plugin { action } => plugins::plugin(session, action),
        Command::File { action } => evidence::file(session, action),
        Command::Model { action } => model::model(session, action),
        Command::Approve { what } => approvals::approve(session, what),
        Command::Approvals => approvals::list(session),
        Command::Approval { action } => approvals::proof(session, action),
        Command::AuditPage { publish } => approvals::audit_page(session, publish),
        Command::Node { stop: true, .. } => node::stop(session),
        Command::Node { network, .. } => node::run(session, network),
        Command::Open { no_browser, network } => open::run(session, network, no_browser),
        Command::Completions { shell } => node::completions(session, shell),
        _ => Err(Fault::internal("a command without a body")),
    }
}
