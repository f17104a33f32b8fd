//! Scenarios, seeded simulation, end-to-end tests and project checks; nothing here is used by the product.

pub mod bounds;
pub mod damage;
pub mod demo;
pub mod fuzz;
pub mod hostile;
pub mod nodes;
pub mod programs;

#[path = "../tests/sim/random.rs"]
#[allow(dead_code, clippy::unwrap_used, reason = "the simulation uses more of it")]
mod random;
#[path = "../tests/sim/storage.rs"]
#[allow(dead_code, reason = "the simulation uses more of it")]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a store for tests")]
mod storage;
