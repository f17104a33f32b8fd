//! Bounds on what a guest's instances take: memory and table elements of all of them together.

use jospar_plugin_api::Limits;
use wasmtime::ResourceLimiter;

/// Counts what all memories and tables of a run have.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_bytes_max: usize,
    table_elements_max: usize,
    instances_max: usize,
    tables_max: usize,
    memories_max: usize,
    memory_bytes: usize,
    table_elements: usize,
    refused: bool,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes_max: limits.memory_bytes_max,
            table_elements_max: limits.table_elements_max,
            instances_max: limits.instances_max,
            tables_max: limits.tables_max,
            memories_max: limits.memories_max,
            memory_bytes: 0,
            table_elements: 0,
            refused: false,
        }
    }

    /// Bytes of memory that the guest has.
    pub(crate) const fn memory_bytes(&self) -> usize {
        self.memory_bytes
    }

    /// Whether the guest asked for more than it may have: what went wrong afterwards went wrong of that.
    pub(crate) const fn refused(&self) -> bool {
        self.refused
    }

    fn grow(&mut self, taken: usize, current: usize, desired: usize, max: usize) -> Option<usize> {
        let total = taken.saturating_add(desired.saturating_sub(current));
        self.refused |= total > max;
        (total <= max).then_some(total)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let grown = self.grow(self.memory_bytes, current, desired, self.memory_bytes_max);
        self.memory_bytes = grown.unwrap_or(self.memory_bytes);
        Ok(grown.is_some())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let grown = self.grow(self.table_elements, current, desired, self.table_elements_max);
        self.table_elements = grown.unwrap_or(self.table_elements);
        Ok(grown.is_some())
    }

    fn instances(&self) -> usize {
        self.instances_max
    }

    fn tables(&self) -> usize {
        self.tables_max
    }

    fn memories(&self) -> usize {
        self.memories_max
    }
}
