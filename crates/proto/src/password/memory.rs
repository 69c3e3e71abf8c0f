//! The Argon2 memory a hashing thread keeps between hashes. The page faults of fresh memory
//! are nearly half of what a hash costs.

use super::HashError;
use argon2::Block;

/// Argon2 memory of one hashing thread: empty at first, grown on demand, then reused.
///
/// It may hold remains of the last hash's working state, hence the blank `Debug`.
#[derive(Default)]
pub struct Memory(Vec<Block>);

impl Memory {
    /// Gives back what exceeds `memory_kib`, for after an imported hash that needed more.
    pub fn trim(&mut self, memory_kib: u32) {
        self.0.truncate(memory_kib as usize);
        self.0.shrink_to(memory_kib as usize);
    }

    /// The KiB now held.
    pub fn kib(&self) -> usize {
        self.0.capacity()
    }

    pub(super) fn blocks(&mut self, count: usize) -> Result<&mut [Block], HashError> {
        if self.0.len() < count {
            // Nothing in it is worth copying into the larger allocation.
            self.0.clear();
            self.0.try_reserve_exact(count).map_err(|_| HashError::OutOfMemory)?;
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
