//! jospar-web shows: the plan in the browser, for people who have never seen a terminal.
//!
//! A server on a loopback port of its own, HTML made by maud, one vendored htmx and some script of our own. It asks the
//! node what the command line asks it and adds no rules. Who may ask is the matter of `guard`; what a person sees is made
//! in `view`; the addresses are in `routes`. Described in docs/web.md.

mod answers;
mod assets;
mod desk;
mod door;
mod guard;
mod joined;
mod kept;
mod live;
mod pages;
mod restore;
mod routes;
mod schema;
mod search;
mod seen;
mod server;
mod view;

pub use door::Door;
pub use joined::find as find_running;
pub use server::{Page, ServeError};
