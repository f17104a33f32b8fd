//! Bounds on what a guest's instances take: memory and table elements of all of them together.

use jospar_plugin_api::Limits;
use wasmtime::ResourceLimiter;

/// Counts what all memories and tables of a run have.
#[derive(Debug)]
pub(crate) struct Limiter {
    memory_bytes: Bound,
    table_elements: Bound,
    instances_max: usize,
    tables_max: usize,
    memories_max: usize,
}

/// What there is of one thing, and how much there may be.
#[derive(Debug)]
struct Bound {
    taken: usize,
    max: usize,
    refused: bool,
}

impl Bound {
    const fn new(max: usize) -> Self {
        Self { taken: 0, max, refused: false }
    }

    /// Whether one memory or table may grow; `maximum` is its own.
    fn grow(&mut self, current: usize, desired: usize, maximum: Option<usize>) -> bool {
        let total = self.taken.saturating_add(desired.saturating_sub(current));
        let fits = total <= self.max;
        self.refused |= !fits;
        if !fits || maximum.is_some_and(|maximum| desired > maximum) {
            return false;
        }
        self.taken = total;
        true
    }
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            memory_bytes: Bound::new(limits.memory_bytes_max),
            table_elements: Bound::new(limits.table_elements_max),
            instances_max: limits.instances_max,
            tables_max: limits.tables_max,
            memories_max: limits.memories_max,
        }
    }

    /// Bytes of memory that the guest has.
    pub(crate) const fn memory_bytes(&self) -> usize {
        self.memory_bytes.taken
    }

    /// Whether the guest asked for more than it may have: what went wrong afterwards went wrong of that.
    pub(crate) const fn refused(&self) -> bool {
        self.memory_bytes.refused || self.table_elements.refused
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.memory_bytes.grow(current, desired, maximum))
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.table_elements.grow(current, desired, maximum))
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
