//! What computes Argon2, and the memory it keeps between hashes: two engines that answer alike.
//! What is hashed with which parameters, and how a hash is written down, is `argon.rs`'s.
//!
//! [`Fast`] is twice as fast and young; [`Portable`] is the one that has been reviewed. Which of
//! them hashes is the feature `fast-argon2`. They agree in every case they were ever compared in
//! (`docs/evidence/argon2.md`), and [`check`] tries it on the processor at hand.

#[cfg(feature = "fast-argon2")]
mod fast;
mod portable;

use super::{HashError, Params};

pub use argon2::{Algorithm, Version};
#[cfg(feature = "fast-argon2")]
pub use fast::Fast;
pub use portable::Portable;

#[cfg(feature = "fast-argon2")]
pub(super) type Chosen = Fast;
#[cfg(not(feature = "fast-argon2"))]
pub(super) type Chosen = Portable;

/// All that an Argon2 output depends on, but for its length.
#[derive(Clone, Copy)]
pub struct Task<'a> {
    /// Argon2id, Argon2i or Argon2d.
    pub algorithm: Algorithm,
    /// 1.3, or 1.0 for old hashes.
    pub version: Version,
    /// Memory, passes and lanes.
    pub cost: Params,
    /// What the user typed.
    pub password: &'a [u8],
    /// At least eight bytes.
    pub salt: &'a [u8],
    /// Up to 32 bytes a foreign hash may name as `data=`; ours have none.
    pub associated: &'a [u8],
}

/// Argon2 on the calling thread, with memory that is kept from one hash to the next: the page
/// faults of fresh memory are nearly half of what a hash costs.
pub trait Engine: Default {
    /// Fills `output` with the hash, whose length is one of its inputs.
    ///
    /// # Errors
    /// [`HashError::InvalidParams`] for what Argon2 does not take, [`HashError::OutOfMemory`].
    fn derive(&mut self, task: &Task<'_>, output: &mut [u8]) -> Result<(), HashError>;

    /// The KiB now held.
    fn kib(&self) -> usize;

    /// Gives all memory back.
    fn clear(&mut self);
}

/// Whether the engine in use computes what the reference implementation does, on this processor:
/// what it would hash wrongly, no other program could verify. Takes a millisecond.
///
/// # Errors
/// [`HashError::WrongEngine`].
pub fn check() -> Result<(), HashError> {
    check_of::<Chosen>()
}

fn check_of<E: Engine>() -> Result<(), HashError> {
    let mut engine = E::default();
    // Twice each, the second time in memory that was used before.
    for (task, known) in KNOWN.iter().chain(&KNOWN) {
        let mut output = [0; 32];
        engine.derive(task, &mut output)?;
        if output != *known {
            return Err(HashError::WrongEngine);
        }
    }
    Ok(())
}

const fn task(algorithm: Algorithm, memory_kib: u32, lanes: u32) -> Task<'static> {
    Task {
        algorithm,
        version: Version::V0x13,
        cost: Params { memory_kib, iterations: 2, lanes },
        password: b"correct horse battery staple",
        salt: b"a salt, 16 bytes",
        associated: b"",
    }
}

/// What the reference implementation answers (argon2-cffi 25.1): wide enough for every kind of
/// addressing, small enough to be tried at every start.
const KNOWN: [(Task<'static>, [u8; 32]); 4] = [
    (
        task(Algorithm::Argon2id, 512, 1),
        [
            0x0c, 0xe7, 0x64, 0xc8, 0xbc, 0xa3, 0x47, 0xc5, 0x89, 0x68, 0x97, 0xaf, 0xf5, 0x08,
            0x40, 0x8b, 0xc8, 0xdb, 0x9d, 0x52, 0x1b, 0x46, 0x35, 0x9d, 0xbe, 0xe0, 0x25, 0x2f,
            0x46, 0x7a, 0x67, 0x38,
        ],
    ),
    (
        task(Algorithm::Argon2id, 64, 3),
        [
            0x72, 0x89, 0x0b, 0x16, 0x8b, 0x5e, 0xb1, 0xc7, 0xe5, 0xba, 0x2f, 0x3a, 0x03, 0x45,
            0x9a, 0x38, 0x44, 0xbd, 0xd9, 0x27, 0x1d, 0xdf, 0x09, 0x33, 0x1e, 0x2f, 0x64, 0xd7,
            0x0a, 0x88, 0x09, 0x62,
        ],
    ),
    (
        task(Algorithm::Argon2d, 80, 2),
        [
            0xf5, 0x99, 0xed, 0xa6, 0xdf, 0x5a, 0x58, 0x52, 0xe6, 0x04, 0x89, 0x92, 0x1b, 0x31,
            0x02, 0x9b, 0xb4, 0xef, 0x44, 0x20, 0x86, 0xce, 0xc2, 0xad, 0x62, 0x0e, 0x5d, 0x32,
            0xb1, 0x40, 0xdd, 0xfb,
        ],
    ),
    (
        task(Algorithm::Argon2i, 72, 1),
        [
            0xc0, 0xca, 0x00, 0xaa, 0x3d, 0x0a, 0x6f, 0xbf, 0x2e, 0x51, 0x7a, 0xe9, 0x7f, 0x9c,
            0xaa, 0xf8, 0x66, 0x51, 0x4c, 0x26, 0xa6, 0xa5, 0xd1, 0x45, 0x34, 0xe8, 0x18, 0x9a,
            0x95, 0x87, 0x2c, 0xac,
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// Computes like the real one, until memory has been used before.
    #[derive(Default)]
    struct Stale(Portable, usize);

    impl Engine for Stale {
        fn derive(&mut self, task: &Task<'_>, output: &mut [u8]) -> Result<(), HashError> {
            self.0.derive(task, output)?;
            self.1 += 1;
            output[31] ^= u8::from(self.1 > KNOWN.len());
            Ok(())
        }

        fn kib(&self) -> usize {
            self.0.kib()
        }

        fn clear(&mut self) {
            self.0.clear();
        }
    }

    #[test]
    fn every_engine_computes_what_the_reference_implementation_does() {
        assert_eq!(check(), Ok(()));
        assert_eq!(check_of::<Portable>(), Ok(()));
    }

    #[test]
    fn an_engine_with_one_wrong_bit_in_reused_memory_is_noticed() {
        assert_eq!(check_of::<Stale>(), Err(HashError::WrongEngine));
    }
}
