//! Every word a person reads, in Kazakh, Russian and English, as Fluent messages.
