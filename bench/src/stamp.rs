//! Tells whether a contestant's folder has changed since it was installed.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    path::{Path, PathBuf},
};

use anyhow::Result;

/// What running a program may leave beside it.
const MADE: [&str; 3] = ["__pycache__", "node_modules", "target"];

/// A text that changes with any file below `folder`, or below a folder beside it that several
/// contestants share (`…-common`).
///
/// # Errors
/// When a file cannot be read.
pub(crate) fn of(folder: &Path) -> Result<String> {
    let mut files = Vec::new();
    let beside = folder.parent().unwrap_or(folder);
    collect(folder, &mut files)?;
    for entry in fs::read_dir(beside)? {
        let path = entry?.path();
        if path.is_dir() && path.to_string_lossy().ends_with("-common") {
            collect(&path, &mut files)?;
        }
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.strip_prefix(beside)?.hash(&mut hasher);
        fs::read(&file)?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if MADE.iter().any(|made| entry.file_name() == *made) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), files)?;
        } else {
            files.push(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_file_in_a_folder_below_changes_the_stamp() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("a")).unwrap();
        fs::write(folder.path().join("a/b"), "1").unwrap();
        let before = of(folder.path()).unwrap();
        assert_eq!(of(folder.path()).unwrap(), before);

        fs::write(folder.path().join("a/b"), "2").unwrap();

        assert_ne!(of(folder.path()).unwrap(), before);
    }
}
