//! The cost of new hashes. The cost allowed to old ones is in `bound.rs`.

use super::HashError;

/// The Argon2id cost of new hashes (RFC 9106 §3.1).
///
/// The default is the least OWASP accepts: 19 MiB, two passes, one lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Params {
    /// Memory in KiB; at least 8 for each lane.
    pub memory_kib: u32,
    /// Passes over the memory; at least 1.
    pub iterations: u32,
    /// Lanes, 1 to 2^24 - 1. They are computed one after another on the calling thread.
    pub lanes: u32,
}

impl Params {
    /// Parameters Argon2 accepts, or [`HashError::InvalidParams`].
    pub fn new(memory_kib: u32, iterations: u32, lanes: u32) -> Result<Self, HashError> {
        let params = Self { memory_kib, iterations, lanes };
        params.to_argon2().map(|_| params)
    }

    pub(super) fn to_argon2(self) -> Result<argon2::Params, HashError> {
        argon2::Params::new(self.memory_kib, self.iterations, self.lanes, Some(OUTPUT_LEN))
            .map_err(|_| HashError::InvalidParams)
    }
}

impl Default for Params {
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, lanes: 1 }
    }
}

/// Bytes of output in a new hash.
pub(super) const OUTPUT_LEN: usize = 32;
