//! Arbitrary text as a stored password hash: refused or verified, within a small bound.
#![no_main]

use std::cell::RefCell;

use countersign_proto::password::{Bound, Memory, identify, verify};
use libfuzzer_sys::fuzz_target;

/// Small enough that the fuzzer spends its time on parsing and not on hashing.
const BOUND: Bound = Bound {
    password_bytes: 128,
    argon2_memory_kib: 64,
    argon2_kib_passes: 64,
    bcrypt_cost: 4,
    pbkdf2_iterations: 16,
    scrypt_bytes: 64 * 1024,
    scrypt_work: 64,
    digest_rounds: 1024,
    digest_blocks: 4096,
};

thread_local! {
    static MEMORY: RefCell<Memory> = RefCell::default();
}

// The stored hash, and after the first line break the password.
fuzz_target!(|text: &str| {
    let (stored, password) = text.split_once('\n').unwrap_or((text, "password"));
    MEMORY.with_borrow_mut(|memory| {
        if verify(stored, password, &BOUND, memory).is_ok() {
            assert!(identify(stored).is_some());
        }
    });
});
