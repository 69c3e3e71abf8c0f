//! The signed file around a list, the Status List Token (draft-ietf-oauth-status-list §5.1), and
//! the claim of other tokens that points into one (§6.2).

use serde::{Deserialize, Serialize};

use super::{MAX_LIST_BYTES, StatusList, StatusListError};
use crate::jose::{Dates, KeySet, Members, SignError, SigningKey, TokenError, open_within};

/// The `typ` of a Status List Token.
pub const STATUS_LIST_TYP: &str = "statuslist+jwt";

/// The longest Status List Token that is signed or verified, in bytes: a list that cannot be
/// compressed, spelled in base64url twice.
pub const MAX_STATUS_LIST_LEN: usize = MAX_LIST_BYTES / 9 * 16 + 64 * 1024;

/// The claim `status` of a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusClaim {
    /// The one mechanism that is used.
    pub status_list: StatusReference,
}

/// Which bit of which list is a token's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusReference {
    /// The index in the list.
    pub idx: u64,
    /// Where the list is; equal to its `sub`.
    pub uri: String,
}

impl StatusClaim {
    /// Reads the claim of a token, if it has one.
    ///
    /// # Errors
    /// [`TokenError::Claim`] where it is not as it has to be: nobody must take a token that can be
    /// taken back for one that cannot.
    pub fn read(claims: &Members) -> Result<Option<Self>, TokenError> {
        const WRONG: TokenError = TokenError::Claim("status");
        let Some(status) = claims.optional_object("status")? else { return Ok(None) };
        let list = status.object("status_list").map_err(|_| WRONG)?;
        let idx = list.count("idx").ok().and_then(|idx| u64::try_from(idx).ok()).ok_or(WRONG)?;
        let uri = list.text("uri").map_err(|_| WRONG)?;
        Ok(Some(Self { status_list: StatusReference { idx, uri } }))
    }
}

/// The claims of a Status List Token. Times are unix seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusListClaims {
    /// Who publishes it.
    pub iss: String,
    /// Where it is.
    pub sub: String,
    /// When it was true.
    pub iat: i64,
    /// From when on nobody may go by it.
    pub exp: i64,
    /// For how many seconds it may be kept before it is fetched again.
    pub ttl: u32,
    /// The list.
    pub status_list: PackedList,
}

/// A list as it travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PackedList {
    bits: u8,
    lst: String,
}

impl From<&StatusList> for PackedList {
    fn from(list: &StatusList) -> Self {
        Self { bits: 1, lst: list.to_lst() }
    }
}

impl StatusListClaims {
    /// Signs it.
    ///
    /// # Errors
    /// [`SignError::TooLong`] if it would exceed [`MAX_STATUS_LIST_LEN`].
    pub fn sign(&self, key: &SigningKey) -> Result<String, SignError> {
        key.sign_within(STATUS_LIST_TYP, self, MAX_STATUS_LIST_LEN)
    }
}

/// A list that was verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedList {
    /// When it was true, unix seconds.
    pub iat: i64,
    /// From when on it must not be gone by, unix seconds.
    pub exp: i64,
    /// For how many seconds it may be kept, if it says.
    pub ttl: Option<i64>,
    /// The list.
    pub list: StatusList,
}

/// Verifies the Status List Token that was fetched from `uri`, at the time `now` in unix seconds.
/// `leeway` is by how many seconds `iat` may lie in the future.
///
/// Says what the list says, and not for how long that may be relied on: whoever keeps it compares
/// `ttl` and `exp` at each use.
///
/// # Errors
/// The first reason to refuse it: form, key, algorithm, type, signature, dates, subject, list.
pub fn verify_status_list(
    token: &str,
    keys: &KeySet,
    uri: &str,
    (leeway, now): (i64, i64),
) -> Result<VerifiedList, StatusListError> {
    let members = open_within(token, keys, STATUS_LIST_TYP, MAX_STATUS_LIST_LEN)?.members;
    let dates = Dates::read(&members)?;
    dates.judge((leeway, 0), now)?;
    let Dates { iat, exp, .. } = dates;
    if members.text("sub")? != uri {
        return Err(StatusListError::Subject);
    }
    let ttl = members.contains("ttl").then(|| members.count("ttl")).transpose()?;
    if ttl == Some(0) {
        return Err(TokenError::Claim("ttl").into());
    }
    let packed = members.object("status_list")?;
    let list = StatusList::from_lst(packed.count("bits")?, &packed.text("lst")?)?;
    Ok(VerifiedList { iat, exp, ttl, list })
}
