//! The plan's document kinds as plain Rust values, the JSON form of a whole plan, and the lints it must obey.
