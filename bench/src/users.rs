//! A file with users for the import: each with the same hash, so that making them costs nothing.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

use anyhow::{Context, Result};

use crate::load::Crowd;

/// Writes a CSV file with `count` users.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn write(path: &Path, count: u64, hash: &str) -> Result<()> {
    let file = File::create(path).with_context(|| path.display().to_string())?;
    let mut file = BufWriter::new(file);
    writeln!(file, "username,email,password_hash")?;
    for number in 0..count {
        let name = Crowd::user(number);
        writeln!(file, "{name},{name}@example.com,\"{hash}\"")?;
    }
    Ok(file.flush()?)
}
