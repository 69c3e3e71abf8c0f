//! The engine of RustCrypto: reviewed, widely used, with AVX2 where the processor has it.

use super::{Engine, HashError, Task};
use argon2::{Argon2, AssociatedData, Block, ParamsBuilder};

/// From so many blocks on (4 MiB), memory is asked for so that it can be given back.
const LARGE: usize = 4 * 1024;

/// An allocation of so many blocks is returned to the system when it is dropped; glibc keeps
/// smaller ones, up to 32 MiB, for the next caller who never comes. What is reserved and not
/// touched costs addresses, not memory.
const RETURNED: usize = 33 * 1024;

/// RustCrypto's `argon2`.
///
/// Between hashes its memory holds remains of the last one's working state, hence the blank
/// `Debug`.
#[derive(Default)]
pub struct Portable(Vec<Block>);

impl Portable {
    fn blocks(&mut self, count: usize) -> Result<&mut [Block], HashError> {
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

impl Engine for Portable {
    fn derive(&mut self, task: &Task<'_>, output: &mut [u8]) -> Result<(), HashError> {
        let refused = |_| HashError::InvalidParams;
        let mut params = ParamsBuilder::new();
        params
            .m_cost(task.cost.memory_kib)
            .t_cost(task.cost.iterations)
            .p_cost(task.cost.lanes)
            .output_len(output.len())
            .data(AssociatedData::new(task.associated).map_err(refused)?);
        let params = params.build().map_err(refused)?;
        let blocks = self.blocks(params.block_count())?;
        Argon2::new(task.algorithm, task.version, params)
            .hash_password_into_with_memory(task.password, task.salt, output, blocks)
            .map_err(refused)
    }

    fn kib(&self) -> usize {
        self.0.len()
    }

    fn clear(&mut self) {
        *self = Self::default();
    }
}

impl std::fmt::Debug for Portable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Portable").finish_non_exhaustive()
    }
}
