//! What replaces the built-in files: the operator's folder, and what the program gave.

use std::{collections::BTreeMap, fs, io, path::Path};

use crate::{
    config::Pages,
    error::{Failed, Result},
};

/// Where such files lie in the folder.
const FOLDERS: [&str; 4] = ["", "part", "mail", "locales"];

/// Kinds of files that are read; others are left alone.
const ENDINGS: [&str; 3] = ["html", "txt", "ftl"];

/// Files of the folder that are read at its top only, whatever their ending.
const ASSETS: [&str; 3] = ["style.css", "theme.css", "script.js"];

/// Larger ones are a mistake, bytes.
const LARGEST: u64 = 1024 * 1024;

/// A file that replaces a built-in one or stands beside them.
pub(super) struct Replaced {
    /// What to call it in an error: its path.
    pub(super) origin: String,
    pub(super) text: String,
}

/// By name: `login.html`, `mail/confirm.txt`, `locales/de.ftl`, `style.css`.
pub(super) type Files = BTreeMap<String, Replaced>;

/// Reads them. The folder wins over what the program gave.
pub(super) fn read(pages: &Pages) -> Result<Files> {
    let mut files: Files = pages
        .files
        .iter()
        .map(|(name, text)| {
            let replaced = Replaced { origin: name.clone(), text: text.clone() };
            (name.clone(), replaced)
        })
        .collect();
    if let Some(folder) = &pages.folder {
        for inner in FOLDERS {
            read_folder(folder, inner, &mut files).map_err(Failed::because)?;
        }
    }
    Ok(files)
}

fn read_folder(folder: &Path, inner: &str, files: &mut Files) -> io::Result<()> {
    let path = folder.join(inner);
    let entries = match fs::read_dir(&path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound && !inner.is_empty() => return Ok(()),
        Err(error) => return Err(named(&path, &error)),
    };
    for entry in entries {
        let path = entry.map_err(|error| named(&path, &error))?.path();
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let name = if inner.is_empty() { file.to_owned() } else { format!("{inner}/{file}") };
        if path.is_file() && is_ours(&name) {
            let text = read_file(&path).map_err(|error| named(&path, &error))?;
            files.insert(name, Replaced { origin: path.display().to_string(), text });
        }
    }
    Ok(())
}

fn is_ours(name: &str) -> bool {
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    ASSETS.contains(&name) || ENDINGS.contains(&ending)
}

fn read_file(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > LARGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "larger than a mebibyte"));
    }
    fs::read_to_string(path)
}

fn named(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
