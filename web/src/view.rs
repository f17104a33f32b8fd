//! HTML: what a page looks like. Everything that comes from the plan is a text node or an attribute's value, escaped.

pub(crate) mod about;
pub(crate) mod board;
pub(crate) mod chart;
pub(crate) mod compare;
pub(crate) mod context;
pub(crate) mod control;
pub(crate) mod discuss;
pub(crate) mod evidence;
pub(crate) mod field;
pub(crate) mod frame;
pub(crate) mod list;
pub(crate) mod map;
pub(crate) mod model;
pub(crate) mod notes;
pub(crate) mod overview;
pub(crate) mod people;
pub(crate) mod plugins;
pub(crate) mod print;
pub(crate) mod report;
pub(crate) mod safety;
pub(crate) mod special;
pub(crate) mod welcome;
pub(crate) mod years;
