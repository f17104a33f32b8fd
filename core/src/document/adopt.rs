//! Adopting: what one state of a document made of another, written anew on the document as it is now.

use serde_json::Value;

use super::command::Command;
use super::difference::{difference, find_in_view};
use super::history::inside;
use super::{Author, Document};

impl Document {
    /// The commands that do here what led from `before` to `after`. Texts keep what others wrote meanwhile; a plain
    /// value takes the value of `after`; what has no place here any more is left out. `before` must be made of changes
    /// of this document, `author` is only for trying the commands out.
    #[must_use]
    pub fn adopt(&self, author: &Author, before: &Self, after: &Self) -> Vec<Command> {
        let wanted = difference(self.schema, &before.view(), &after.view(), &before.heads());
        let wanted = self.bring_back(wanted).into_iter().flat_map(|command| self.onto(command));
        let mut tried = self.clone();
        let fits = |command: &Command| tried.edit(author, std::slice::from_ref(command)).is_ok();
        wanted.filter(fits).collect()
    }

    /// An item that is here already is brought to what it shall be instead of being added.
    fn onto(&self, command: Command) -> Vec<Command> {
        let Command::Add { path, id, record, .. } = &command else { return vec![command] };
        let item = path.child(id);
        let now = self.view();
        let (Some(here), Some((schema, _))) = (find_in_view(&now, &item), self.removed_item(&item))
        else {
            return vec![command];
        };
        let mut wanted = here.clone();
        if let (Value::Object(wanted), Value::Object(record)) = (&mut wanted, record) {
            wanted.extend(record.clone());
        }
        let inner = difference(schema, here, &wanted, &self.heads());
        inner.into_iter().map(|inner| inside(&item, inner)).collect()
    }
}
