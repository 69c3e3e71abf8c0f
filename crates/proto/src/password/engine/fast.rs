//! The engine of `argon2-rust`: AVX-512, AVX2, SSE2 or NEON, whatever the processor has.

use super::{Algorithm, Engine, HashError, Task, Version};
use argon2_rust::params::{Memory, TagLen};
use argon2_rust::{Argon2, Error, Hasher, Params};

/// `argon2-rust`. Its memory is wiped after each hash, even if that unwinds, and returned to the
/// system by [`Engine::clear`] and when it is dropped.
#[derive(Default)]
pub struct Fast(Option<Hasher>);

impl Engine for Fast {
    fn derive(&mut self, task: &Task<'_>, output: &mut [u8]) -> Result<(), HashError> {
        let argon2 = argon2(task, output.len()).map_err(refusal)?;
        let hasher = self.0.get_or_insert_with(|| argon2.hasher());
        hasher.set_argon2(argon2);
        hasher
            .hash_into_with_ad(task.password, task.salt, &[], task.associated, output)
            .map_err(refusal)
    }

    fn kib(&self) -> usize {
        self.0.as_ref().map_or(0, Hasher::reserved_blocks)
    }

    fn clear(&mut self) {
        self.0 = None;
    }
}

fn argon2(task: &Task<'_>, output_len: usize) -> Result<Argon2, Error> {
    let algorithm = match task.algorithm {
        Algorithm::Argon2d => argon2_rust::Algorithm::Argon2d,
        Algorithm::Argon2i => argon2_rust::Algorithm::Argon2i,
        Algorithm::Argon2id => argon2_rust::Algorithm::Argon2id,
    };
    let version = match task.version {
        Version::V0x10 => argon2_rust::Version::V0x10,
        Version::V0x13 => argon2_rust::Version::V0x13,
    };
    let params = Params::builder()
        .memory(Memory::kib(task.cost.memory_kib.into()))
        .passes(task.cost.iterations)
        .lanes(task.cost.lanes)
        // A hash is the work of one thread, however many lanes it has.
        .threads(1)
        .tag_len(TagLen::bytes(output_len as u64))
        .build()?;
    Ok(Argon2::new(algorithm, version, params))
}

fn refusal(error: Error) -> HashError {
    match error {
        Error::MemoryAllocationError => HashError::OutOfMemory,
        _ => HashError::InvalidParams,
    }
}

impl std::fmt::Debug for Fast {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fast").finish_non_exhaustive()
    }
}
