//! Scenarios, seeded simulation, end-to-end tests and project checks; nothing here is used by the product.

pub mod bounds;
pub mod demo;
pub mod programs;
