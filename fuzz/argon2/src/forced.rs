//! The levels of SIMD one by one: `argon2-rust` chooses the highest the processor has, so the
//! others would never run here.

use crate::case::Case;
use crate::engines::{Answer, params};
use argon2_rust::__internal::{blake2b_long_with_backend, blake2b_with_backend, hash_with_backend};
use argon2_rust::{Backend, Blake2bBackend};

/// Those that run on this processor.
pub fn levels() -> Vec<Backend> {
    Backend::ALL.iter().copied().filter(|level| level.is_available()).collect()
}

/// Those of BLAKE2b.
pub fn blake2b_levels() -> Vec<Blake2bBackend> {
    Blake2bBackend::ALL.iter().copied().filter(|level| level.is_available()).collect()
}

#[expect(unsafe_code, reason = "a level can be forced in no other way")]
pub fn derive(level: Backend, case: &Case) -> Answer {
    assert!(level.is_available());
    let params = params(case).ok()?;
    let mut output = vec![0; case.output_len];
    // SAFETY: the processor has the instructions, asked above.
    let result = unsafe {
        hash_with_backend(
            level,
            case.algorithm,
            case.version,
            &params,
            &case.password,
            &case.salt,
            &case.secret,
            &case.associated,
            &mut output,
        )
    };
    result.ok().map(|()| output)
}

/// BLAKE2b of `input`, `length` bytes of it, at most 64.
#[expect(unsafe_code, reason = "a level can be forced in no other way")]
pub fn blake2b(level: Blake2bBackend, input: &[u8], length: usize) -> Answer {
    assert!(level.is_available());
    let mut output = vec![0; length];
    // SAFETY: the processor has the instructions, asked above.
    unsafe { blake2b_with_backend(&mut output, input, level) }.ok().map(|()| output)
}

/// Argon2's long BLAKE2b, of any length.
#[expect(unsafe_code, reason = "a level can be forced in no other way")]
pub fn blake2b_long(level: Blake2bBackend, input: &[u8], length: usize) -> Answer {
    assert!(level.is_available());
    let mut output = vec![0; length];
    // SAFETY: the processor has the instructions, asked above.
    unsafe { blake2b_long_with_backend(&mut output, input, level) }.ok().map(|()| output)
}
