//! What an old token says: whose it is, what for, and for how long. Its signature is right by then.

use super::{LegacyMaker, LegacyPurpose};
use crate::jose::{Json, LAST_DATE, MAX_LEEWAY, Members, TokenError};

/// An id of the old table has at most so many bytes.
const MAX_USER: usize = 255;

pub(super) struct Read {
    pub(super) maker: LegacyMaker,
    pub(super) user: String,
    pub(super) purpose: LegacyPurpose,
    pub(super) dates: Dates,
}

pub(super) struct Dates {
    pub(super) exp: i64,
    pub(super) iat: Option<i64>,
    nbf: Option<i64>,
}

/// Whether the header has the dates, as only itsdangerous writes them.
pub(super) fn is_dated(header: &Members) -> bool {
    header.contains("iat") || header.contains("exp")
}

/// The kind follows from the members that are there. What has a member that its kind does not have
/// was made for something else.
pub(super) fn read(header: &Members, claims: &Members) -> Result<Read, TokenError> {
    let access = |maker, name, dates: Result<Dates, TokenError>| {
        let user = user(claims, name)?;
        Ok(Read { maker, user, purpose: LegacyPurpose::Access, dates: dates? })
    };
    if is_dated(header) {
        only(claims, &["id"])?;
        return access(LegacyMaker::ItsDangerous, "id", Dates::of(header, &["iat"]));
    }
    if claims.contains("type") {
        return extended(claims);
    }
    if claims.contains("identity") {
        only(claims, &["identity", "iat", "nbf", "exp"])?;
        return access(LegacyMaker::FlaskJwt, "identity", Dates::of(claims, &["iat", "nbf"]));
    }
    only(claims, &["id", "exp"])?;
    access(LegacyMaker::PyJwt, "id", Dates::of(claims, &[]))
}

/// Version 4 has `sub`, versions before it `identity`; never both. Applications add claims of their
/// own.
fn extended(claims: &Members) -> Result<Read, TokenError> {
    let purpose = match claims.get("type") {
        Some(Json::Text(kind)) if kind == "access" => LegacyPurpose::Access,
        Some(Json::Text(kind)) if kind == "refresh" => LegacyPurpose::Refresh,
        _ => return Err(TokenError::Type),
    };
    let user = match (claims.contains("sub"), claims.contains("identity")) {
        (true, false) => user(claims, "sub")?,
        (false, true) => user(claims, "identity")?,
        _ => return Err(TokenError::Claim("sub")),
    };
    claims.text("jti")?;
    let dates = Dates::of(claims, &["iat"])?;
    Ok(Read { maker: LegacyMaker::FlaskJwtExtended, user, purpose, dates })
}

fn only(claims: &Members, names: &[&str]) -> Result<(), TokenError> {
    if claims.names().all(|name| names.contains(&name)) { Ok(()) } else { Err(TokenError::Type) }
}

/// A number or a text. `true`, which Python takes for 1, is neither.
fn user(claims: &Members, name: &'static str) -> Result<String, TokenError> {
    match claims.get(name) {
        Some(Json::Integer(id)) if *id >= 0 => Ok(id.to_string()),
        Some(Json::Text(id))
            if (1..=MAX_USER).contains(&id.len()) && !id.chars().any(char::is_control) =>
        {
            Ok(id.clone())
        }
        _ => Err(TokenError::Claim(name)),
    }
}

impl Dates {
    /// `exp` must be there, and what else is needed; what is there must be a date.
    fn of(members: &Members, needed: &[&'static str]) -> Result<Self, TokenError> {
        let date = |name| match date(members, name)? {
            None if needed.contains(&name) => Err(TokenError::Claim(name)),
            found => Ok(found),
        };
        let exp = date("exp")?.ok_or(TokenError::Claim("exp"))?;
        Ok(Self { exp, iat: date("iat")?, nbf: date("nbf")? })
    }

    pub(super) fn judge(&self, leeway: i64, now: i64) -> Result<(), TokenError> {
        if self.iat.is_some_and(|iat| self.exp < iat) {
            return Err(TokenError::Claim("exp"));
        }
        if now >= self.exp {
            return Err(TokenError::Expired);
        }
        let latest = now.saturating_add(leeway.clamp(0, MAX_LEEWAY));
        if self.iat.max(self.nbf).is_some_and(|begin| begin > latest) {
            return Err(TokenError::NotYetValid);
        }
        Ok(())
    }
}

/// A NumericDate from 1970 to 9999. Python's `time.time() + 600` is one with a fraction, which is
/// cut off.
fn date(members: &Members, name: &'static str) -> Result<Option<i64>, TokenError> {
    let wrong = Err(TokenError::Claim(name));
    match members.get(name) {
        None => Ok(None),
        Some(Json::Integer(date)) if (0..=LAST_DATE).contains(date) => Ok(Some(*date)),
        Some(Json::Fraction(date)) => match whole(*date) {
            Some(date) if (0..=LAST_DATE).contains(&date) => Ok(Some(date)),
            _ => wrong,
        },
        Some(_) => wrong,
    }
}

/// The integer part, if it is one that a 64-bit float holds exactly.
fn whole(number: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    (0.0..EXACT).contains(&number).then(|| number.trunc() as i64)
}
