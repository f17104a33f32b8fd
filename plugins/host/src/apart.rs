//! Compiling in a process of its own: what takes too long or too much memory is ended, and nothing else is harmed (T18).
//!
//! The program starts itself again with [`ARGUMENT`]; that process reads the component from its standard input, bounds
//! its own memory, compiles, and writes the code to its standard output. A component that cannot be compiled is told on
//! standard error, in the compiler's words.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use jospar_plugin_api::Limits;
use wasmtime::Engine;

use crate::compile::{CompileError, Priority, Workshop, precompile, settings};
use crate::run::short;

/// The first argument of a process that compiles.
const ARGUMENT: &str = "compile-plugin";

/// The exit code of a component that is not valid.
const INVALID: u8 = 3;

/// Bytes of the compiler's words that are read.
const WORDS_BYTES_MAX: u64 = 4 << 10;

/// How often the process is looked at.
const LOOK: Duration = Duration::from_millis(2);

/// The running program, to be started again for compiling; stays right when its file is replaced by a newer one.
#[must_use]
pub fn this_program() -> Option<PathBuf> {
    if cfg!(target_os = "linux") {
        return Some(PathBuf::from("/proc/self/exe"));
    }
    std::env::current_exe().ok()
}

/// Compiles, if the program was started for that: a program that gives itself as [`crate::Options::compiler`] asks here
/// before it does anything else.
#[must_use]
pub fn compile_if_asked(arguments: impl IntoIterator<Item = OsString>) -> Option<ExitCode> {
    let mut arguments = arguments.into_iter().skip(1).map(|argument| argument.into_string().ok());
    if arguments.next()?? != ARGUMENT {
        return None;
    }
    let mut number = || arguments.next().flatten().and_then(|text| text.parse::<u64>().ok());
    let numbers = [number(), number(), number(), number()];
    let [Some(stack), Some(fuel), Some(low), Some(memory)] = numbers else {
        return Some(ExitCode::FAILURE);
    };
    Some(serve(stack, fuel != 0, low != 0, memory).unwrap_or_else(|error| {
        // Whoever started it reads this; if not, nobody does.
        let _ = writeln!(io::stderr(), "{error}");
        ExitCode::FAILURE
    }))
}

fn serve(stack: u64, fuel: bool, low: bool, memory: u64) -> io::Result<ExitCode> {
    bound_memory(memory)?;
    let stack_bytes_max = usize::try_from(stack).map_err(io::Error::other)?;
    let limits = Limits { stack_bytes_max, ..Limits::default() };
    let priority = if low { Priority::Low } else { Priority::Usual };
    let mut component = Vec::new();
    let max = limits.component_bytes_max as u64;
    io::stdin().lock().take(max.saturating_add(1)).read_to_end(&mut component)?;
    let engine = Engine::new(&settings(&limits, fuel, priority)).map_err(io::Error::other)?;
    match precompile(&engine, &component, priority) {
        Ok(code) => io::stdout().lock().write_all(&code).map(|()| ExitCode::SUCCESS),
        Err(CompileError::Invalid(reason)) => {
            io::stderr().write_all(reason.as_bytes()).map(|()| INVALID.into())
        }
        Err(error) => Err(io::Error::other(error)),
    }
}

/// Takes no more addresses than so many bytes from the system.
#[cfg_attr(
    not(unix),
    allow(clippy::unnecessary_wraps, unused_variables, reason = "only Unix has it")
)]
fn bound_memory(bytes: u64) -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
        setrlimit(Resource::As, limit)?;
    }
    Ok(())
}

/// Has a process compile a component, and ends it when it takes too long.
pub(crate) fn compile_apart(
    program: &Path,
    workshop: Workshop<'_>,
    component: &[u8],
) -> Result<Vec<u8>, CompileError> {
    let longest = workshop.limits.compile_ms_max;
    let failed = |reason: &dyn std::fmt::Display| CompileError::Failed(short(reason));
    let mut child = start(program, workshop).map_err(|error| failed(&error))?;
    let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (Some(mut input), Some(mut output), Some(errors)) = pipes else {
        return Err(failed(&"no pipes"));
    };
    std::thread::scope(|scope| {
        // A process that ended early has taken what it wanted; its exit tells.
        scope.spawn(move || input.write_all(component));
        let code = scope.spawn(move || {
            let mut code = Vec::new();
            output.read_to_end(&mut code).map(|_| code)
        });
        let words = scope.spawn(move || {
            let mut words = Vec::new();
            let read = errors.take(WORDS_BYTES_MAX).read_to_end(&mut words);
            read.map(|_| String::from_utf8_lossy(&words).into_owned())
        });
        let ended = wait(&mut child, Duration::from_millis(longest));
        let code = code.join().map_err(|_| failed(&"a panic"))?.map_err(|error| failed(&error))?;
        let words = words.join().ok().and_then(Result::ok).unwrap_or_default();
        match ended.map_err(|error| failed(&error))? {
            None => Err(CompileError::TooLong { ms: longest }),
            Some(status) if status.success() => Ok(code),
            Some(status) if status.code() == Some(i32::from(INVALID)) => {
                Err(CompileError::Invalid(short(&words)))
            }
            Some(status) => Err(failed(&format!("{status} {}", words.trim()))),
        }
    })
}

fn start(program: &Path, workshop: Workshop<'_>) -> io::Result<Child> {
    let Limits { stack_bytes_max, compile_memory_bytes_max, .. } = workshop.limits;
    let low = workshop.priority == Priority::Low;
    Command::new(program)
        .arg(ARGUMENT)
        .args([stack_bytes_max.to_string(), u8::from(workshop.fuel).to_string()])
        .args([u8::from(low).to_string(), compile_memory_bytes_max.to_string()])
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
}

/// Waits for the end; `None` if it was ended for taking too long.
fn wait(child: &mut Child, longest: Duration) -> io::Result<Option<ExitStatus>> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if begun.elapsed() > longest {
            child.kill()?;
            return child.wait().map(|_| None);
        }
        std::thread::sleep(LOOK);
    }
}
