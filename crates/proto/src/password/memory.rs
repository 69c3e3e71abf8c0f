//! The Argon2 memory a hashing thread keeps between hashes.

use super::HashError;
use super::engine::{Chosen, Engine, Task};

/// Argon2 memory of one hashing thread: empty at first, grown on demand, then reused.
#[derive(Debug, Default)]
pub struct Memory(Chosen);

impl Memory {
    /// Gives all of it back if it exceeds `memory_kib`, for after an imported hash that needed
    /// more.
    pub fn trim(&mut self, memory_kib: u32) {
        if self.kib() > memory_kib as usize {
            self.0.clear();
        }
    }

    /// The KiB now held.
    pub fn kib(&self) -> usize {
        self.0.kib()
    }

    pub(super) fn derive(&mut self, task: &Task<'_>, output: &mut [u8]) -> Result<(), HashError> {
        self.0.derive(task, output)
    }
}
