//! What a hostile or broken member can put into a sealed document's log.
