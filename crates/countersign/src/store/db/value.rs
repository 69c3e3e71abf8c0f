//! Values on their way in (`V`, `params!`) and out (`Row`). Four kinds are all there is: both
//! engines keep them alike, and what does not fit them is encoded by the caller.

use std::fmt;

use super::DbError;

use crate::ids::IdText;

/// A parameter: NULL, BIGINT, TEXT or BYTEA. Times are integers, truth is 0 or 1; an identifier is
/// text that needs no allocation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum V<'a> {
    Null,
    Int(i64),
    Text(&'a str),
    Id(IdText),
    Bytes(&'a [u8]),
}

/// Says the kind only: parameters are people's data and digests of their secrets.
impl fmt::Debug for V<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}

impl<'a> V<'a> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "NULL",
            Self::Int(_) => "an integer",
            Self::Text(_) | Self::Id(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }

    pub(super) fn owned(self) -> Owned {
        match self {
            V::Null => Owned::Null,
            V::Int(value) => Owned::Int(value),
            V::Text(value) => Owned::Text(value.into()),
            V::Id(id) => Owned::Text(id.as_str().into()),
            V::Bytes(value) => Owned::Bytes(value.into()),
        }
    }
}

/// PostgreSQL has no NUL in text; SQLite keeps it and then disagrees with itself about the length.
/// So neither gets one.
pub(super) fn check(params: &[V<'_>]) -> Result<(), DbError> {
    let nul = |value: &V<'_>| matches!(value, V::Text(text) if text.contains('\0'));
    if params.iter().any(nul) {
        return Err(DbError::failed("a text parameter contains a NUL character"));
    }
    Ok(())
}

/// A parameter that crosses to another thread.
pub(super) enum Owned {
    Null,
    Int(i64),
    Text(Box<str>),
    Bytes(Box<[u8]>),
}

impl Owned {
    pub(super) fn all(params: &[V<'_>]) -> Vec<Self> {
        params.iter().map(|value| value.owned()).collect()
    }

    pub(super) fn borrow(&self) -> V<'_> {
        match self {
            Self::Null => V::Null,
            Self::Int(value) => V::Int(*value),
            Self::Text(value) => V::Text(value),
            Self::Bytes(value) => V::Bytes(value),
        }
    }
}

/// The parameters of one statement: `&params![user.id, &user.name, now]`.
macro_rules! params {
    ($($value:expr),* $(,)?) => { [$($crate::store::db::V::from($value)),*] };
}
pub(crate) use params;

impl From<i64> for V<'_> {
    fn from(value: i64) -> Self {
        V::Int(value)
    }
}

impl From<bool> for V<'_> {
    fn from(value: bool) -> Self {
        V::Int(value.into())
    }
}

impl<'a> From<&'a str> for V<'a> {
    fn from(value: &'a str) -> Self {
        V::Text(value)
    }
}

impl<'a> From<&'a String> for V<'a> {
    fn from(value: &'a String) -> Self {
        V::Text(value)
    }
}

impl From<IdText> for V<'_> {
    fn from(id: IdText) -> Self {
        V::Id(id)
    }
}

impl<'a> From<&'a [u8]> for V<'a> {
    fn from(value: &'a [u8]) -> Self {
        V::Bytes(value)
    }
}

impl<'a> From<&'a Vec<u8>> for V<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        V::Bytes(value)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for V<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        V::Bytes(value)
    }
}

impl<'a, T: Into<V<'a>>> From<Option<T>> for V<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(V::Null, Into::into)
    }
}

/// One row of an answer. Its columns are read by position, from 0.
pub(crate) struct Row<'r>(Kind<'r>);

enum Kind<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r tokio_postgres::Row),
}

impl<'r> Row<'r> {
    pub(super) fn sqlite(row: &'r rusqlite::Row<'r>) -> Self {
        Self(Kind::Sqlite(row))
    }

    pub(super) fn postgres(row: &'r tokio_postgres::Row) -> Self {
        Self(Kind::Postgres(row))
    }

    /// The column as a `T`; `Failed` if there is no such column or it holds something else. NULL
    /// fits `Option` only.
    pub(crate) fn get<'a, T: Column<'a>>(&'a self, index: usize) -> Result<T, DbError> {
        let value = match self.0 {
            Kind::Sqlite(row) => super::sqlite::column(row, index),
            Kind::Postgres(row) => super::postgres::column(row, index),
        };
        let value = value.ok_or_else(|| DbError::failed(format!("no column {index} to read")))?;
        T::from_value(value).ok_or_else(|| {
            let (kind, wanted) = (value.kind(), std::any::type_name::<T>());
            DbError::failed(format!("column {index} holds {kind}, not {wanted}"))
        })
    }
}

/// What a column can be read as.
pub(crate) trait Column<'a>: Sized {
    /// `None` when the value is of another kind.
    fn from_value(value: V<'a>) -> Option<Self>;
}

impl Column<'_> for i64 {
    fn from_value(value: V<'_>) -> Option<Self> {
        if let V::Int(value) = value { Some(value) } else { None }
    }
}

impl Column<'_> for bool {
    fn from_value(value: V<'_>) -> Option<Self> {
        match value {
            V::Int(0) => Some(false),
            V::Int(1) => Some(true),
            _ => None,
        }
    }
}

impl<'a> Column<'a> for &'a str {
    fn from_value(value: V<'a>) -> Option<Self> {
        if let V::Text(value) = value { Some(value) } else { None }
    }
}

impl Column<'_> for String {
    fn from_value(value: V<'_>) -> Option<Self> {
        if let V::Text(value) = value { Some(value.into()) } else { None }
    }
}

impl<'a> Column<'a> for &'a [u8] {
    fn from_value(value: V<'a>) -> Option<Self> {
        if let V::Bytes(value) = value { Some(value) } else { None }
    }
}

impl Column<'_> for Vec<u8> {
    fn from_value(value: V<'_>) -> Option<Self> {
        if let V::Bytes(value) = value { Some(value.into()) } else { None }
    }
}

impl<const N: usize> Column<'_> for [u8; N] {
    fn from_value(value: V<'_>) -> Option<Self> {
        if let V::Bytes(value) = value { value.try_into().ok() } else { None }
    }
}

impl<'a, T: Column<'a>> Column<'a> for Option<T> {
    fn from_value(value: V<'a>) -> Option<Self> {
        if value == V::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}
