//! Errors in words for a person.

use crate::{Code, Error, Text};

impl Error {
    /// An error with its code.
    #[must_use]
    pub const fn new(code: Code, message: Text) -> Self {
        Self { code, message }
    }

    /// What was given makes no sense.
    #[must_use]
    pub const fn invalid(message: Text) -> Self {
        Self::new(Code::Invalid, message)
    }

    /// The data do not allow the calculation.
    #[must_use]
    pub const fn refused(message: Text) -> Self {
        Self::new(Code::Refused, message)
    }

    /// There is no such thing.
    #[must_use]
    pub const fn not_found(message: Text) -> Self {
        Self::new(Code::NotFound, message)
    }

    /// A mistake in the plugin; the text is for its author, in one language.
    #[must_use]
    pub fn internal(message: impl Into<String>) -> Self {
        Self::new(Code::Internal, Text::same(message))
    }

    /// The task is not one of this plugin.
    #[must_use]
    pub fn unknown_task(task: &str) -> Self {
        Self::internal(format!("the plugin has no task {task:?}"))
    }
}
