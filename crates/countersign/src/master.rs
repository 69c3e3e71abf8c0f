//! The file with the one secret that is not in the database.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use countersign_proto::seal::MasterKey;

/// Where the secret is kept unless configured: beside an SQLite file, else where the process runs.
/// `None`: nowhere, for a database that lives no longer than the process.
pub(crate) fn default_path(url: &str) -> Option<PathBuf> {
    if url.contains(":memory:") {
        return None;
    }
    let file = url.strip_prefix("sqlite:").map(|rest| rest.strip_prefix("//").unwrap_or(rest));
    match file {
        Some(file) => {
            let file = file.split('?').next().unwrap_or(file);
            Some(PathBuf::from(format!("{file}.key")))
        }
        None => Some(PathBuf::from("countersign.key")),
    }
}

/// Reads the secret, or makes one. Of two processes that start together both get the same.
pub(crate) fn load_or_make(path: &Path) -> io::Result<MasterKey> {
    match fs::read_to_string(path) {
        Ok(text) => parse(path, &text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path),
        Err(error) => Err(named(path, error)),
    }
}

/// What a file has for a secret of somebody else's making: an editor ends it with a line break, which
/// the secret has not.
pub(crate) fn without_line_break(mut bytes: Vec<u8>) -> Vec<u8> {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
    bytes
}

fn make(path: &Path) -> io::Result<MasterKey> {
    let key = MasterKey::generate();
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // A temporary file has mode 0600; the rename makes it appear whole or not at all.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(|e| named(path, e))?;
    writeln!(file, "{}", key.to_text().as_str())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Ok(_) => {
            fs::File::open(folder)?.sync_all()?;
            Ok(key)
        }
        Err(lost) if lost.error.kind() == io::ErrorKind::AlreadyExists => {
            parse(path, &fs::read_to_string(path)?)
        }
        Err(lost) => Err(named(path, lost.error)),
    }
}

fn parse(path: &Path, text: &str) -> io::Result<MasterKey> {
    MasterKey::from_text(text.trim())
        .map_err(|why| named(path, io::Error::new(io::ErrorKind::InvalidData, why.to_string())))
}

fn named(path: &Path, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("the secret file {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_secret_is_made_once_and_readable_by_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db.key");

        let made = load_or_make(&path).unwrap();
        let read = load_or_make(&path).unwrap();

        assert_eq!(made.derive("x").mac(b"y"), read.derive("x").mac(b"y"));
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_secret_file_is_an_error_that_names_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("app.db.key");
        fs::write(&path, "not a key\n").unwrap();

        let error = load_or_make(&path).unwrap_err();

        assert!(error.to_string().contains("app.db.key"), "{error}");
    }

    #[test]
    fn the_secret_lives_beside_the_database_file() {
        assert_eq!(default_path("sqlite://app.db"), Some("app.db.key".into()));
        assert_eq!(default_path("sqlite:///var/lib/a.db"), Some("/var/lib/a.db.key".into()));
        assert_eq!(default_path("sqlite::memory:"), None);
        assert_eq!(default_path("postgres://db/x"), Some("countersign.key".into()));
    }
}
