//! How much work a stored hash may ask for. Every family checks its numbers here before it
//! computes or allocates anything: an imported hash is data an attacker may have had a hand in.

use super::{HashError, Params};

/// The most a stored hash may cost to verify; above it, [`HashError::TooCostly`].
///
/// The defaults take every setting the common frameworks have shipped, with room to spare: a
/// second or two of one core at the very worst. Tighten or widen a field with
/// `Bound { bcrypt_cost: 16, ..Bound::default() }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// Bytes of the password offered. Default 4096.
    pub password_bytes: u64,
    /// Argon2 memory in KiB. Default 256 MiB.
    pub argon2_memory_kib: u64,
    /// Argon2 memory in KiB times passes. Default 1 GiB of memory written in all.
    pub argon2_kib_passes: u64,
    /// bcrypt's log2 cost. Default 14.
    pub bcrypt_cost: u64,
    /// PBKDF2 iterations. Default 2,000,000.
    pub pbkdf2_iterations: u64,
    /// scrypt memory in bytes, `128 * r * (N + p)`. Default 260 MiB.
    pub scrypt_bytes: u64,
    /// scrypt work, `N * r * p`. Default 2^22: four times OWASP's advice.
    pub scrypt_work: u64,
    /// Rounds of the digest-based crypts (`$1$`, `$5$`, `$6$`, phpass). Default 2^20.
    pub digest_rounds: u64,
    /// Rounds of the digest-based crypts times the 64-byte blocks of the password, because
    /// these hash the whole password anew in each round. Default 2^23.
    pub digest_blocks: u64,
}

impl Default for Bound {
    fn default() -> Self {
        Self {
            password_bytes: 4096,
            argon2_memory_kib: 256 * 1024,
            argon2_kib_passes: 1024 * 1024,
            bcrypt_cost: 14,
            pbkdf2_iterations: 2_000_000,
            scrypt_bytes: 260 * 1024 * 1024,
            scrypt_work: 1 << 22,
            digest_rounds: 1 << 20,
            digest_blocks: 1 << 23,
        }
    }
}

impl Bound {
    /// This bound, widened as far as hashes made with `params` need: what an operator sets for new
    /// hashes is never refused as too costly.
    #[must_use]
    pub fn covering(self, params: Params) -> Self {
        let (memory, passes) = (u64::from(params.memory_kib), u64::from(params.iterations));
        Self {
            argon2_memory_kib: self.argon2_memory_kib.max(memory),
            argon2_kib_passes: self.argon2_kib_passes.max(memory * passes),
            ..self
        }
    }

    pub(super) fn password(&self, password: &str) -> Result<(), HashError> {
        within("password bytes", password.len() as u64, self.password_bytes)
    }

    pub(super) fn argon2(&self, memory_kib: u32, passes: u32) -> Result<(), HashError> {
        let (memory, passes) = (u64::from(memory_kib), u64::from(passes));
        within("Argon2 memory in KiB", memory, self.argon2_memory_kib)?;
        within("Argon2 memory in KiB times passes", memory * passes, self.argon2_kib_passes)
    }

    pub(super) fn bcrypt(&self, cost: u32) -> Result<(), HashError> {
        within("bcrypt cost", u64::from(cost), self.bcrypt_cost)
    }

    pub(super) fn pbkdf2(&self, iterations: u32) -> Result<(), HashError> {
        within("PBKDF2 iterations", u64::from(iterations), self.pbkdf2_iterations)
    }

    pub(super) fn scrypt(&self, n: u64, r: u32, p: u32) -> Result<(), HashError> {
        let (r, p) = (u64::from(r), u64::from(p));
        let bytes = n.saturating_add(p).saturating_mul(r).saturating_mul(128);
        within("scrypt memory in bytes", bytes, self.scrypt_bytes)?;
        within("scrypt work N*r*p", n.saturating_mul(r).saturating_mul(p), self.scrypt_work)
    }

    pub(super) fn digest(&self, rounds: u32, password: &str) -> Result<(), HashError> {
        let (rounds, blocks) = (u64::from(rounds), 1 + password.len() as u64 / 64);
        within("rounds", rounds, self.digest_rounds)?;
        within("rounds times password blocks", rounds * blocks, self.digest_blocks)
    }
}

fn within(what: &'static str, value: u64, limit: u64) -> Result<(), HashError> {
    if value > limit { Err(HashError::TooCostly { what, value, limit }) } else { Ok(()) }
}
