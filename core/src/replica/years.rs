//! What of the workspace belongs to a past year.

use std::collections::BTreeSet;

use super::{LoadError, Replica};
use crate::ids::DocumentId;
use crate::plan::{Kind, Record as _, Year, YearList};
use crate::storage::Storage;

impl Replica {
    /// The years that are over, the oldest first.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn years(&mut self, storage: &mut dyn Storage) -> Result<Vec<Year>, LoadError> {
        let id = DocumentId::singleton(&self.workspace, Kind::Years.byte());
        if !self.documents.contains_key(&id) {
            return Ok(Vec::new());
        }
        let mut years = YearList::from_view(&self.view(storage, id)?).years;
        years.sort_by(|a, b| (a.start, &a.id).cmp(&(b.start, &b.id)));
        Ok(years)
    }

    /// The documents that stayed behind in a past year and are no part of the plan any more.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn past_documents(
        &mut self,
        storage: &mut dyn Storage,
    ) -> Result<BTreeSet<DocumentId>, LoadError> {
        let left = self.years(storage)?.into_iter().flat_map(|year| year.left);
        Ok(left.filter_map(|id| id.parse().ok()).collect())
    }
}
