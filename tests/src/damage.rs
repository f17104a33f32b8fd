//! Files that rot.

use std::path::Path;

/// Overwrites the middle of every `step`th page of the file but those that a new store has. Returns how many.
///
/// # Errors
/// Whatever reading and writing the file gives.
pub fn damage_pages(file: &Path, step: usize) -> std::io::Result<usize> {
    let mut bytes = std::fs::read(file)?;
    let mut count = 0;
    for page in bytes.chunks_mut(4096).skip(30).step_by(step) {
        if let Some(middle) = page.get_mut(2_000..2_040) {
            middle.fill(0xa5);
            count += 1;
        }
    }
    std::fs::write(file, bytes)?;
    Ok(count)
}
