//! Our four kinds of values in PostgreSQL's binary form.

use std::error::Error;

use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, private::BytesMut};

use crate::store::db::V;

type Refusal = Box<dyn Error + Sync + Send>;

pub(in crate::store::db) fn column(row: &tokio_postgres::Row, index: usize) -> Option<V<'_>> {
    row.try_get(index).ok()
}

impl ToSql for V<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Refusal> {
        match (self, ty) {
            (V::Null, _) => Ok(IsNull::Yes),
            (V::Int(value), &Type::INT8) => value.to_sql(ty, out),
            (V::Int(value), &Type::INT4) => i32::try_from(*value)?.to_sql(ty, out),
            (V::Int(value), &Type::INT2) => i16::try_from(*value)?.to_sql(ty, out),
            (V::Text(value), _) if <&str as ToSql>::accepts(ty) => value.to_sql(ty, out),
            (V::Id(id), _) if <&str as ToSql>::accepts(ty) => id.as_str().to_sql(ty, out),
            (V::Bytes(value), &Type::BYTEA) => value.to_sql(ty, out),
            _ => Err(format!("{self:?} does not fit {ty}").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}

/// Reads what a column or an expression of the common subset can be; a truth value is an integer, as
/// on SQLite.
impl<'a> FromSql<'a> for V<'a> {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Refusal> {
        match *ty {
            Type::INT8 => i64::from_sql(ty, raw).map(V::Int),
            Type::INT4 => i32::from_sql(ty, raw).map(|value| V::Int(value.into())),
            Type::INT2 => i16::from_sql(ty, raw).map(|value| V::Int(value.into())),
            Type::BOOL => bool::from_sql(ty, raw).map(V::from),
            Type::BYTEA => Ok(V::Bytes(raw)),
            _ if <&str as FromSql>::accepts(ty) => <&str>::from_sql(ty, raw).map(V::Text),
            _ => Err(format!("{ty} is not of the common subset").into()),
        }
    }

    fn from_sql_null(_: &Type) -> Result<Self, Refusal> {
        Ok(V::Null)
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}
