//! Tells the main job as a story: `cargo xtask demo`.

use std::io::Write as _;
use std::process::ExitCode;

use jospar_locales::{Catalogue, Language};
use jospar_tests::demo::{Line, Story};

fn main() -> ExitCode {
    let language = Language::from_environment(|name| std::env::var(name).ok());
    let catalogue = Catalogue::new(language);
    let folder = std::env::temp_dir().join(format!("jospar-demo-{}", std::process::id()));
    if let Err(error) = std::fs::create_dir_all(&folder) {
        drop(writeln!(std::io::stderr().lock(), "{}: {error}", folder.display()));
        return ExitCode::FAILURE;
    }
    let mut tell = |line: &Line| {
        let mut out = std::io::stdout().lock();
        let heading = line.key.starts_with("demo-part") || line.key == "demo-title";
        let said = match heading {
            true => writeln!(out, "\n{}\n", line.text),
            false => writeln!(out, "  {}", line.text),
        };
        // Nobody reads any more: the story is checked to its end all the same.
        drop(said.and_then(|()| out.flush()));
    };
    let told = Story::new(&catalogue, &folder, &mut tell).run();
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let (reason, folder) = (error.to_string(), folder.display().to_string());
            let values = [("reason", reason.as_str().into()), ("folder", folder.as_str().into())];
            drop(writeln!(std::io::stderr().lock(), "{}", catalogue.text("demo-failed", &values)));
            ExitCode::FAILURE
        }
    }
}
