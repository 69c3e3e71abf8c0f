//! One statement, one text, for both engines. SQLite's spelling of the parameters is made at
//! compile time; no statement is ever put together at run time.

/// A statement. Written once with PostgreSQL's `$1` parameters; made by [`sql!`] or [`statements!`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sql {
    postgres: &'static str,
    sqlite: &'static str,
}

impl Sql {
    /// For the macros: the text as written and the bytes [`for_sqlite`] made of it.
    pub(crate) const fn new(written: &'static str, sqlite: &'static [u8]) -> Self {
        match std::str::from_utf8(sqlite) {
            Ok(sqlite) => Self { postgres: written, sqlite },
            Err(_) => panic!("the translation of a statement is UTF-8"),
        }
    }

    pub(super) const fn postgres(&self) -> &'static str {
        self.postgres
    }

    pub(in crate::store) const fn sqlite(&self) -> &'static str {
        self.sqlite
    }
}

/// Turns `$1` into `?1` outside quoted text. Both number their parameters, so a parameter used
/// twice stays one parameter, and the text keeps its length.
pub(crate) const fn for_sqlite<const N: usize>(written: &str) -> [u8; N] {
    let from = written.as_bytes();
    let mut to = [0; N];
    let mut quoted = false;
    let mut i = 0;
    while i < N {
        if from[i] == b'\'' {
            quoted = !quoted;
        }
        let number_follows = i + 1 < N && from[i + 1].is_ascii_digit();
        to[i] = if from[i] == b'$' && number_follows && !quoted { b'?' } else { from[i] };
        i += 1;
    }
    to
}

/// A statement as a constant expression: `sql!("SELECT name FROM users WHERE id = $1")`.
macro_rules! sql {
    ($text:expr) => {{
        const WRITTEN: &str = $text;
        const SQLITE: [u8; WRITTEN.len()] = $crate::store::db::for_sqlite(WRITTEN);
        const STATEMENT: $crate::store::db::Sql = $crate::store::db::Sql::new(WRITTEN, &SQLITE);
        STATEMENT
    }};
}

/// The statements of one file, and `ALL` of them for the test that prepares each on both engines.
///
/// ```text
/// statements! {
///     /// Takes the name of the user.
///     FIND = "SELECT id FROM users WHERE username = $1";
/// }
/// ```
macro_rules! statements {
    ($($(#[$meta:meta])* $name:ident = $text:expr;)*) => {
        $($(#[$meta])* const $name: $crate::store::db::Sql = $crate::store::db::sql!($text);)*

        /// Every statement of this file.
        #[cfg(test)]
        pub(crate) const ALL: &[&$crate::store::db::Sql] = &[$(&$name),*];
    };
}

pub(crate) use {sql, statements};
