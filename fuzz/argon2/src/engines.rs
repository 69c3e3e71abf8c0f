//! What is compared: RustCrypto's engine and `argon2-rust`'s, each with memory that is reused from
//! case to case, so that remains of one would show in the next.

use crate::case::Case;
use argon2::{AssociatedData, Block, ParamsBuilder};
use argon2_rust::params::{Memory, TagLen};
use argon2_rust::{Argon2, Error, Hasher, Params};

/// An output, or that the input was refused.
pub type Answer = Option<Vec<u8>>;

/// RustCrypto.
#[derive(Default)]
pub struct Reference(Vec<Block>);

impl Reference {
    pub fn derive(&mut self, case: &Case) -> Answer {
        let mut params = ParamsBuilder::new();
        params
            .m_cost(case.memory_kib)
            .t_cost(case.passes)
            .p_cost(case.lanes)
            .output_len(case.output_len)
            .data(AssociatedData::new(&case.associated).ok()?);
        let params = params.build().ok()?;
        let blocks = params.block_count();
        if self.0.len() < blocks {
            self.0.resize(blocks, Block::new());
        }
        let algorithm = algorithm(case.algorithm);
        let version = version(case.version);
        let context =
            argon2::Argon2::new_with_secret(&case.secret, algorithm, version, params).ok()?;
        let mut output = vec![0; case.output_len];
        let memory = &mut self.0[..blocks];
        context
            .hash_password_into_with_memory(&case.password, &case.salt, &mut output, memory)
            .ok()?;
        Some(output)
    }

    /// Whatever is left in memory must not matter: leave something else there.
    pub fn soil(&mut self, with: u64) {
        for block in &mut self.0 {
            let words: &mut [u64] = block.as_mut();
            words.fill(with);
        }
    }
}

pub fn algorithm(of: argon2_rust::Algorithm) -> argon2::Algorithm {
    match of {
        argon2_rust::Algorithm::Argon2d => argon2::Algorithm::Argon2d,
        argon2_rust::Algorithm::Argon2i => argon2::Algorithm::Argon2i,
        argon2_rust::Algorithm::Argon2id => argon2::Algorithm::Argon2id,
    }
}

pub fn version(of: argon2_rust::Version) -> argon2::Version {
    match of {
        argon2_rust::Version::V0x10 => argon2::Version::V0x10,
        argon2_rust::Version::V0x13 => argon2::Version::V0x13,
    }
}

/// `argon2-rust` as it chooses for this processor.
#[derive(Default)]
pub struct Reused(Option<Hasher>);

impl Reused {
    pub fn derive(&mut self, case: &Case) -> Answer {
        let argon2 = Argon2::new(case.algorithm, case.version, params(case).ok()?);
        let hasher = self.0.get_or_insert_with(|| argon2.hasher());
        hasher.set_argon2(argon2);
        let mut output = vec![0; case.output_len];
        hasher
            .hash_into_with_ad(
                &case.password,
                &case.salt,
                &case.secret,
                &case.associated,
                &mut output,
            )
            .ok()?;
        Some(output)
    }
}

pub fn params(case: &Case) -> Result<Params, Error> {
    Params::builder()
        .memory(Memory::kib(case.memory_kib.into()))
        .passes(case.passes)
        .lanes(case.lanes)
        .threads(1)
        .tag_len(TagLen::bytes(case.output_len as u64))
        .build()
}
