//! The lease: a counter outside the data folder that tells a restored or copied store from the living one.
