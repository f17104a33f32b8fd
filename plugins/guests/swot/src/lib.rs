//! a
use jospar_plugin_sdk::{Error, Outcome, Report, Text, plugin};
fn swot() -> Result<Outcome, Error> {
    Ok(Outcome::of(Report::new(Text::same("SWOT"))))
}
plugin! { "swot" => swot }
