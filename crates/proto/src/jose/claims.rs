//! The claims every kind of token must have (RFC 7519 §4.1), judged in one place. What only one
//! kind has, that kind reads in its own file.

use super::compact::{self, Opened};
use super::json::{Json, Members};
use super::{KeySet, TokenError};

/// The largest difference between two clocks that is ever tolerated, in seconds.
pub const MAX_LEEWAY: i64 = 60;

/// The last second of the year 9999. A larger NumericDate is a mistake, most often milliseconds.
pub(crate) const LAST_DATE: i64 = 253_402_300_799;

/// What the verifier knows before it sees a token.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The one acceptable `iss`, compared byte by byte.
    pub issuer: &'a str,
    /// The one acceptable `aud`, compared byte by byte.
    pub audience: &'a str,
    /// The media type the header must name, without `application/`.
    pub typ: &'static str,
    /// By how many seconds `iat` and `nbf` may lie in the future, for the sake of clocks that
    /// differ; brought into 0..=[`MAX_LEEWAY`]. `exp` gets none of it.
    pub leeway: i64,
    /// By how many seconds `exp` may have passed; brought into 0..=[`MAX_LEEWAY`]. Whoever allows
    /// any remembers what is revoked for as long.
    pub lateness: i64,
}

impl<'a> Expected<'a> {
    /// What a token of kind `C` must show, with ten seconds of leeway; late is late.
    pub fn of<C: Claims>(issuer: &'a str, audience: &'a str) -> Self {
        Self { issuer, audience, typ: C::TYP, leeway: 10, lateness: 0 }
    }
}

/// A kind of token: its `typ` and the claims it has beyond [`Registered`].
pub trait Claims: Sized {
    /// The media type in the header, without `application/`. No two kinds share one (RFC 8725
    /// §3.11).
    const TYP: &'static str;

    /// Builds the claims from members whose registered claims have already been accepted.
    ///
    /// # Errors
    /// [`TokenError::Claim`] with the name of the first claim that is missing or wrong.
    fn read(registered: Registered, members: &Members) -> Result<Self, TokenError>;
}

/// The claims the core has checked by the time [`Claims::read`] sees them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Equal to the expected issuer.
    pub iss: String,
    /// Not empty.
    pub sub: String,
    /// Equal to the expected audience.
    pub aud: String,
    /// Unix seconds; not in the future beyond the leeway.
    pub iat: i64,
    /// Unix seconds; after `iat`, and not yet reached.
    pub exp: i64,
    /// Not empty.
    pub jti: String,
}

/// Verifies a token of kind `C` at the time `now`, in unix seconds.
///
/// Costs one signature check; refuses in a bounded number of steps whatever the input.
///
/// ECDSA signatures pass with either of their two values of `s`, as RFC 7518 §3.4 has it and as
/// other signers produce them. That is a second spelling of the same claims, and harmless here:
/// everything remembered about a token is keyed by its `jti`, never by its text.
///
/// # Errors
/// The first reason found, in the order form, header, key, algorithm, type, signature, claims.
pub fn verify<C: Claims>(
    token: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: i64,
) -> Result<C, TokenError> {
    Ok(prove(token, keys, expected, now)?.claims)
}

/// The claims of a token that was found good, to be judged again by their dates alone. A token is
/// good under the keys and the expectation it was proven with; whoever keeps this keeps to those.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven<C> {
    claims: C,
    dates: Dates,
}

impl<C> Proven<C> {
    /// What the token says.
    pub fn claims(&self) -> &C {
        &self.claims
    }

    /// The claims, and apart from them what judges their dates: for whoever keeps few of them.
    pub fn split(self) -> (C, Proven<()>) {
        (self.claims, Proven { claims: (), dates: self.dates })
    }

    /// Judges the dates as [`verify`] does at the time `now`, with what `expected` forgives.
    ///
    /// # Errors
    /// [`TokenError::Expired`], [`TokenError::IssuedLater`], [`TokenError::NotYetValid`].
    pub fn judge(&self, expected: &Expected<'_>, now: i64) -> Result<(), TokenError> {
        self.dates.judge((expected.leeway, expected.lateness), now)
    }
}

/// As [`verify`], for whoever will see the token again and need not check its signature twice.
///
/// # Errors
/// As [`verify`].
pub fn prove<C: Claims>(
    token: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: i64,
) -> Result<Proven<C>, TokenError> {
    if expected.typ != C::TYP {
        return Err(TokenError::Type);
    }
    let opened = compact::open(token, keys, C::TYP)?;
    let (registered, dates) = registered(&opened, expected, now)?;
    Ok(Proven { claims: C::read(registered, &opened.members)?, dates })
}

/// What a token of kind `C` says, whether or not it has expired: for what may be asked of it after
/// its end, such as logging out. It grants nothing.
///
/// # Errors
/// As [`verify`], but for [`TokenError::Expired`].
pub fn verify_spent<C: Claims>(
    token: &str,
    keys: &KeySet,
    expected: &Expected<'_>,
    now: i64,
) -> Result<C, TokenError> {
    if expected.typ != C::TYP {
        return Err(TokenError::Type);
    }
    let opened = compact::open(token, keys, C::TYP)?;
    let last = date(&opened.members, "exp")?.saturating_sub(1);
    C::read(registered(&opened, expected, now.min(last))?.0, &opened.members)
}

fn registered(
    Opened { members, is_shared }: &Opened,
    expected: &Expected<'_>,
    now: i64,
) -> Result<(Registered, Dates), TokenError> {
    let iss = exactly(members.get("iss"), expected.issuer).ok_or(TokenError::Issuer)?;
    // Nobody but this service makes a countersignature, so such a token is meant for it.
    let aud = match members.contains("aud") {
        false if *is_shared => Some(expected.audience.to_owned()),
        _ => audience(members, expected.audience),
    };
    let aud = aud.ok_or(TokenError::Audience)?;
    let dates = Dates::read(members)?;
    dates.judge((expected.leeway, expected.lateness), now)?;
    let (sub, jti) = (members.text("sub")?, members.text("jti")?);
    Ok((Registered { iss, sub, aud, iat: dates.iat, exp: dates.exp, jti }, dates))
}

/// An empty expectation is a mistake in the configuration and matches nothing.
fn exactly(given: Option<&Json>, expected: &str) -> Option<String> {
    match given {
        Some(Json::Text(text)) if text == expected && !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

/// A string, or an array of that one string: a token for two audiences can be replayed by one of
/// them at the other, so we neither issue nor accept it.
fn audience(members: &Members, expected: &str) -> Option<String> {
    match members.get("aud") {
        Some(Json::Array(items)) if items.len() == 1 => exactly(items.first(), expected),
        given => exactly(given, expected),
    }
}

/// From when until when a token is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dates {
    pub(crate) iat: i64,
    pub(crate) exp: i64,
    nbf: i64,
}

impl Dates {
    pub(crate) fn read(members: &Members) -> Result<Self, TokenError> {
        let exp = date(members, "exp")?;
        let iat = date(members, "iat")?;
        let nbf = if members.contains("nbf") { date(members, "nbf")? } else { iat };
        if exp <= iat { Err(TokenError::Claim("exp")) } else { Ok(Self { iat, exp, nbf }) }
    }

    /// Whether they are in force at `now`, or were `lateness` seconds ago.
    pub(crate) fn judge(self, (leeway, lateness): (i64, i64), now: i64) -> Result<(), TokenError> {
        let (leeway, lateness) = (leeway.clamp(0, MAX_LEEWAY), lateness.clamp(0, MAX_LEEWAY));
        if now >= self.exp.saturating_add(lateness) {
            return Err(TokenError::Expired);
        }
        let latest = now.saturating_add(leeway);
        if self.iat > latest {
            return Err(TokenError::IssuedLater);
        }
        if self.nbf > latest {
            return Err(TokenError::NotYetValid);
        }
        Ok(())
    }
}

/// A NumericDate as we accept it: a JSON integer from 1970 to 9999. RFC 7519 §2 also allows
/// fractions; nobody needs them, and floats are how `1e308` gets in.
fn date(members: &Members, name: &'static str) -> Result<i64, TokenError> {
    members.count(name).ok().filter(|date| *date <= LAST_DATE).ok_or(TokenError::Claim(name))
}
