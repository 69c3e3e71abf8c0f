//! The Argon2 memory a hashing thread keeps between hashes. The page faults of fresh memory
//! are nearly half of what a hash costs.

use super::HashError;
use argon2::Block;

/// From so many blocks on (4 MiB), memory is asked for so that it can be given back.
const LARGE: usize = 4 * 1024;

/// An allocation of so many blocks is returned to the system when it is dropped; glibc keeps
/// smaller ones, up to 32 MiB, for the next caller who never comes. What is reserved and not
/// touched costs addresses, not memory.
const RETURNED: usize = 33 * 1024;

/// Argon2 memory of one hashing thread: empty at first, grown on demand, then reused.
///
/// It may hold remains of the last hash's working state, hence the blank `Debug`.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    /// Gives all of it back if it exceeds `memory_kib`, for after an imported hash that needed
    /// more.
    pub fn trim(&mut self, memory_kib: u32) {
        if self.kib() > memory_kib as usize {
            *self = Self::default();
        }
    }

    /// The KiB now held.
    pub fn kib(&self) -> usize {
        self.0.len()
    }

    pub(super) fn blocks(&mut self, count: usize) -> Result<&mut [Block], HashError> {
        if self.0.len() < count {
            // Nothing in it is worth copying into the larger allocation.
            self.0.clear();
            let room = if count < LARGE { count } else { count.max(RETURNED) };
            self.0.try_reserve_exact(room).map_err(|_| HashError::OutOfMemory)?;
            self.0.resize(count, Block::new());
        }
        Ok(&mut self.0[..count])
    }
}

impl std::fmt::Debug for Memory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Memory").finish_non_exhaustive()
    }
}
