//! Token Status Lists (draft-ietf-oauth-status-list): one bit says of a token whether it was taken
//! back, so that whoever verifies tokens by themselves learns of it from one small signed file.
//!
//! Only what this project issues is here: JWTs with one bit for each token, 0 valid and 1 invalid.
//! Which bit is whose, and when it is set, is decided above.

mod bits;
mod claims;
mod error;

pub use bits::{MAX_LIST_BYTES, StatusList};
pub use claims::{
    MAX_STATUS_LIST_LEN, PackedList, STATUS_LIST_TYP, StatusClaim, StatusListClaims,
    StatusReference, VerifiedList, verify_status_list,
};
pub use error::StatusListError;
