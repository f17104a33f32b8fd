//! QUIC: endpoints with pinned raw public keys, frames on streams, and finding peers on the local network.
