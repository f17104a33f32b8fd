//! jospar-bundled: the plugins that come with jospar, as packages in the program.
//!
//! They are built from `plugins/guests` together with the program and carry no signature: the program they are part of
//! vouches for them. What each one calculates stands in docs/bundled-plugins.md.

/// A plugin that comes with jospar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bundled {
    /// Its id, the one of its manifest.
    pub id: &'static str,
    /// Its package: a component with its manifest, without a signature.
    pub bytes: &'static [u8],
}

/// All of them, by id.
#[must_use]
pub fn packages() -> &'static [Bundled] {
    static PACKAGES: &[Bundled] = include!(concat!(env!("OUT_DIR"), "/packages.rs"));
    PACKAGES
}
