//! Files that a script of the page sends: small ones are held in memory, those that carry a plan are written into a file
//! of the data folder while they come.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use futures_util::StreamExt as _;
use tempfile::TempDir;

use super::{ANSWER_TIME, Refusal};

/// The most MiB of a file that is given to the page: a plugin, or a table for one.
pub(crate) const UPLOAD_MEBIBYTES_MAX: u64 = 9;
/// The most MiB of a file that carries a plan.
pub(crate) const PLAN_MEBIBYTES_MAX: u64 = 512;
const MEBIBYTE: u64 = 1024 * 1024;
/// The addresses that take a file with a plan.
const PLANS: [&str; 2] = ["/upload/recovery", "/upload/stick"];
/// How long such a file may be on its way.
const PLAN_TIME: Duration = Duration::from_secs(600);
/// What is written at once.
const PIECE_BYTES: usize = 1024 * 1024;
/// How the names of folders begin that hold such a file.
const PREFIX: &str = "upload-";
/// Entries of the data folder that are looked at for folders that a crash left behind.
const ENTRIES_MAX: usize = 10_000;

/// The bytes of a small file.
#[derive(Debug, Clone)]
pub(crate) struct Uploaded(pub(crate) Bytes);

/// A file with a plan, in a folder of its own that is gone when the last owner drops it.
#[derive(Debug, Clone)]
pub(crate) struct Carried(Arc<TempDir>);

impl Carried {
    /// Where the file lies.
    pub(crate) fn path(&self) -> PathBuf {
        self.0.path().join("plan")
    }
}

/// What came of a file that was sent.
#[derive(Debug, Clone)]
pub(crate) enum Sent {
    /// It is held in memory.
    Held(Uploaded),
    /// It lies in the data folder.
    Carried(Carried),
    /// It is larger than this many MiB.
    TooLarge(u64),
    /// It could not be written.
    NotWritten(String),
}

/// True if files that are sent to this address carry a plan.
pub(crate) fn carries_plan(path: &str) -> bool {
    PLANS.contains(&path)
}

/// Takes the file of a request to `path`.
///
/// # Errors
/// [`Refusal::Late`] if it does not come.
pub(super) async fn take(
    (path, headers): (&str, &HeaderMap),
    body: Body,
    folder: &Path,
) -> Result<Sent, Refusal> {
    let carries = carries_plan(path);
    let most = if carries { PLAN_MEBIBYTES_MAX } else { UPLOAD_MEBIBYTES_MAX };
    let said = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if said.is_some_and(|length: u64| length > most * MEBIBYTE) {
        return Ok(Sent::TooLarge(most));
    }
    if carries {
        let written = tokio::time::timeout(PLAN_TIME, written(body, folder, most * MEBIBYTE));
        return match written.await.map_err(|_| Refusal::Late)? {
            Ok(Some(carried)) => Ok(Sent::Carried(carried)),
            Ok(None) => Ok(Sent::TooLarge(most)),
            Err(error) => Ok(Sent::NotWritten(error.to_string())),
        };
    }
    let bytes_max = usize::try_from(most * MEBIBYTE).unwrap_or(usize::MAX);
    let bytes = tokio::time::timeout(ANSWER_TIME, to_bytes(body, bytes_max)).await;
    let bytes = bytes.map_err(|_| Refusal::Late)?;
    Ok(bytes.map_or(Sent::TooLarge(most), |bytes| Sent::Held(Uploaded(bytes))))
}

/// Writes a body into a file as it comes; `None` if it is longer than `bytes_max`.
async fn written(body: Body, folder: &Path, bytes_max: u64) -> io::Result<Option<Carried>> {
    let folder = folder.to_path_buf();
    let (carried, mut file) = off_the_loop(move || {
        let scratch = tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder)?;
        let carried = Carried(Arc::new(scratch));
        let file = File::create(carried.path())?;
        Ok((carried, file))
    })
    .await?;
    let mut stream = body.into_data_stream();
    let (mut length, mut piece) = (0, Vec::with_capacity(PIECE_BYTES));
    loop {
        let next = tokio::time::timeout(ANSWER_TIME, stream.next()).await;
        let chunk = next.map_err(|_| io::Error::from(io::ErrorKind::TimedOut))?;
        let chunk = chunk.transpose().map_err(io::Error::other)?;
        let is_last = chunk.is_none();
        let chunk = chunk.unwrap_or_default();
        length += u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        if length > bytes_max {
            return Ok(None);
        }
        piece.extend_from_slice(&chunk);
        if piece.len() >= PIECE_BYTES || is_last {
            let whole = std::mem::replace(&mut piece, Vec::with_capacity(PIECE_BYTES));
            file = off_the_loop(move || file.write_all(&whole).map(|()| file)).await?;
        }
        if is_last {
            return Ok(Some(carried));
        }
    }
}

/// Does file work on a thread that may block.
async fn off_the_loop<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

/// Removes files that a process left behind which ended while they came.
pub(crate) fn forget_left(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries.take(ENTRIES_MAX).flatten() {
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if is_folder && entry.file_name().to_string_lossy().starts_with(PREFIX) {
            // What cannot be removed is in nobody's way.
            drop(std::fs::remove_dir_all(entry.path()));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic)]
    use super::*;

    fn wait<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(work)
    }

    /// A body without a length, in chunks of 100 KB.
    fn body(chunks: usize) -> Body {
        let chunk = |number: usize| Ok::<_, io::Error>(vec![number as u8; 100_000]);
        Body::from_stream(futures_util::stream::iter((0..chunks).map(chunk)))
    }

    fn left(folder: &Path) -> usize {
        std::fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_with_a_plan_is_written_as_it_comes_and_gone_with_its_owner() {
        let folder = tempfile::tempdir().unwrap();
        let carried = wait(written(body(35), folder.path(), 3_500_000)).unwrap().unwrap();
        let bytes = std::fs::read(carried.path()).unwrap();
        assert_eq!(bytes.len(), 3_500_000);
        assert!(bytes.chunks(100_000).zip(0_u8..).all(|(chunk, n)| chunk.iter().all(|b| *b == n)));
        let other = carried.clone();
        drop(carried);
        assert!(other.path().is_file());
        drop(other);
        assert_eq!(left(folder.path()), 0);
    }

    #[test]
    fn a_file_that_is_too_large_or_does_not_come_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(wait(written(body(35), folder.path(), 3_499_999)).unwrap().is_none());
        let broken = futures_util::stream::iter([
            Ok(vec![1; 2_000_000]),
            Err(io::Error::from(io::ErrorKind::ConnectionReset)),
        ]);
        assert!(wait(written(Body::from_stream(broken), folder.path(), 9_000_000)).is_err());
        assert_eq!(left(folder.path()), 0);
        assert!(wait(written(body(1), &folder.path().join("none"), 9_000_000)).is_err());
    }

    #[test]
    fn a_length_that_is_said_is_believed_where_it_is_too_large() {
        let folder = tempfile::tempdir().unwrap();
        let sent = |path: &str, length: u64| {
            let headers = HeaderMap::from_iter([(CONTENT_LENGTH, length.into())]);
            wait(take((path, &headers), Body::from("x"), folder.path())).unwrap()
        };
        assert!(matches!(sent("/upload/stick", 513 << 20), Sent::TooLarge(512)));
        assert!(matches!(sent("/upload/stick", 1), Sent::Carried(_)));
        assert!(matches!(sent("/upload/plan", 10 << 20), Sent::TooLarge(9)));
        assert!(matches!(sent("/upload/plan", 1), Sent::Held(_)));
        assert_eq!(left(folder.path()), 0);
    }

    #[test]
    fn what_a_crash_left_is_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["upload-abc", "store", "other"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        std::fs::write(folder.path().join("upload-abc").join("plan"), b"x").unwrap();
        std::fs::write(folder.path().join("upload-note"), b"x").unwrap();
        forget_left(folder.path());
        assert_eq!(left(folder.path()), 3);
        assert!(!folder.path().join("upload-abc").exists());
        forget_left(&folder.path().join("none"));
    }
}
