//! What a plugin is and gives back, for everybody who shows, installs or runs one: manifests, capabilities, packages with
//! their signatures, reports, proposals and limits. Nothing here runs WebAssembly.
