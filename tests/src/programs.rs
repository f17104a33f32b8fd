//! The real programs as child processes: `jospar` and `jospar-server`, each with its own folders on loopback.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take before it counts as failed.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Why a program did not do what it should.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// It could not be started.
    #[error("{program} cannot be started: {reason}; build it first with: cargo build --workspace")]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system said.
        reason: String,
    },
    /// It ended with an error.
    #[error("jospar {arguments} ended with {code:?}: {said}")]
    Failed {
        /// Its arguments.
        arguments: String,
        /// Its exit code.
        code: Option<i32>,
        /// What it said.
        said: String,
    },
    /// It said something else than JSON.
    #[error("jospar {0} did not answer in JSON")]
    NotJson(String),
    /// Something did not come to be in time.
    #[error("waited in vain until {0}")]
    Late(String),
}

/// The folder that the programs were built into: the one of the program that is running.
#[must_use]
pub fn built(name: &str) -> PathBuf {
    let running = std::env::current_exe().unwrap_or_default();
    let beside = |folder: &Path| folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let folders = running.ancestors().skip(1).take(3).map(beside);
    folders.into_iter().find(|path| path.is_file()).unwrap_or_else(|| PathBuf::from(name))
}

/// A program in the background; it is killed when dropped.
#[derive(Debug)]
pub struct Background {
    child: Child,
    /// The first line that it printed, as JSON.
    pub first: Value,
    /// The second line, if one was asked for.
    pub second: Value,
}

impl Background {
    /// Starts a program and reads as many lines of JSON as `lines` says, at most two.
    ///
    /// # Errors
    /// [`ProgramError`].
    pub fn start(mut command: Command, lines: usize) -> Result<Self, ProgramError> {
        let program = PathBuf::from(command.get_program());
        let start = |reason: String| ProgramError::Start { program: program.clone(), reason };
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| start(error.to_string()))?;
        let output = child.stdout.take().ok_or_else(|| start("no output".to_owned()))?;
        let mut output = BufReader::new(output);
        let mut read = Vec::new();
        for _ in 0..lines {
            let mut line = String::new();
            let got = output.read_line(&mut line).map_err(|error| start(error.to_string()))?;
            if got == 0 {
                return Err(start("it ended at once".to_owned()));
            }
            read.push(serde_json::from_str(&line).unwrap_or(Value::String(line)));
        }
        // Goes on reading, so that the program never waits for somebody to listen.
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        let mut read = read.into_iter();
        let (first, second) = (read.next().unwrap_or_default(), read.next().unwrap_or_default());
        Ok(Self { child, first, second })
    }

    /// The process's number.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Kills it without warning.
    pub fn kill(mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }

    /// Asks it to stop and waits until it has.
    pub fn stop(mut self) {
        #[cfg(unix)]
        {
            let id = self.child.id().to_string();
            let asked = Command::new("kill").args(["-TERM", &id]).status();
            let start = Instant::now();
            while asked.as_ref().is_ok_and(std::process::ExitStatus::success)
                && start.elapsed() < Duration::from_secs(10)
            {
                if matches!(self.child.try_wait(), Ok(Some(_))) {
                    return;
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// One person's device: a data folder and a key folder.
#[derive(Debug, Clone)]
pub struct Device {
    data: PathBuf,
    keys: PathBuf,
}

impl Device {
    /// The device `name` in a folder.
    #[must_use]
    pub fn new(folder: &Path, name: &str) -> Self {
        Self { data: folder.join(name), keys: folder.join(format!("{name}-keys")) }
    }

    /// The command `jospar` for this device.
    #[must_use]
    pub fn command(&self) -> Command {
        let mut command = Command::new(built("jospar"));
        command.arg("--data").arg(&self.data).arg("--keys").arg(&self.keys);
        command.args(["--json", "--yes", "--lang", "en"]);
        command.env_remove("JOSPAR_DATA").env_remove("JOSPAR_KEYS").env_remove("JOSPAR_LANG");
        command
    }

    /// Runs a command and gives its answer.
    ///
    /// # Errors
    /// [`ProgramError`].
    pub fn run(&self, arguments: &[&str]) -> Result<Value, ProgramError> {
        let shown = arguments.join(" ");
        let mut command = self.command();
        command.args(arguments).stdin(Stdio::null());
        let output = command.output().map_err(|error| ProgramError::Start {
            program: built("jospar"),
            reason: error.to_string(),
        })?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(ProgramError::Failed {
                arguments: shown,
                code: output.status.code(),
                said,
            });
        }
        serde_json::from_slice(&output.stdout).map_err(|_| ProgramError::NotJson(shown))
    }

    /// Runs the device's node in the background, with the network of this computer alone.
    ///
    /// # Errors
    /// [`ProgramError`].
    pub fn go_online(&self) -> Result<Background, ProgramError> {
        let mut command = self.command();
        command.args(["node", "--listen", "127.0.0.1:0", "--no-lan"]);
        let node = Background::start(command, 1)?;
        until("the node answers", || Ok(self.run(&["status"]).is_ok()))?;
        Ok(node)
    }

    /// Waits until the server has all that this device has.
    ///
    /// # Errors
    /// [`ProgramError`].
    pub fn until_synced(&self) -> Result<Value, ProgramError> {
        until("the server has everything", || Ok(self.run(&["status"])?["synced"] == true))?;
        self.run(&["status"])
    }
}

/// Waits until something is so.
///
/// # Errors
/// [`ProgramError::Late`], and whatever asking for it gives.
pub fn until(
    what: &str,
    mut done: impl FnMut() -> Result<bool, ProgramError>,
) -> Result<(), ProgramError> {
    let start = Instant::now();
    while !done()? {
        if start.elapsed() > PATIENCE {
            return Err(ProgramError::Late(what.to_owned()));
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// The district's server in a folder.
///
/// # Errors
/// [`ProgramError`].
pub fn start_server(folder: &Path, listen: &str) -> Result<Background, ProgramError> {
    let first = !folder.join("server.json").exists();
    let mut command = Command::new(built("jospar-server"));
    command.arg("--data").arg(folder).args(["--json", "run", "--listen", listen]);
    Background::start(command, if first { 2 } else { 1 })
}
