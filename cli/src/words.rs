//! Words: what the catalogue makes of answers, for the reader of this computer.

pub(crate) use jospar_locales::words::*;
