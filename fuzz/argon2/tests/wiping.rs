//! What is left in `argon2-rust`'s memory: nothing, after a hash and after a hash that panicked.

use argon2_rust::__internal::{Arena, Workspace, audit};
use argon2_rust::{Algorithm, Argon2, Params, Version, params::Memory};

fn hasher(kib: u64) -> argon2_rust::Hasher {
    let params = Params::builder().memory(Memory::kib(kib)).passes(1).build().unwrap();
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hasher()
}

#[test]
fn memory_is_blank_when_it_is_given_back() {
    for kib in [8, 64, 4096, 19_456] {
        audit::watch(kib as usize);
        let mut hasher = hasher(kib);
        hasher.hash(b"correct horse", b"some salt").unwrap();
        drop(hasher);
        assert_eq!((audit::released(), audit::released_dirty()), (1, 0), "{kib} KiB");
    }
}

#[test]
fn the_check_sees_memory_that_is_not_blank() {
    let mut arena = Arena::new(8).unwrap();
    arena.as_mut_slice()[7].0[127] = 1;
    assert!(audit::is_dirty(&arena));
}

#[test]
fn a_panic_in_the_middle_leaves_nothing_either() {
    let mut workspace = Workspace::new();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        let mut arena = workspace.acquire(64).unwrap();
        arena.as_mut_slice().iter_mut().for_each(|block| block.0.fill(7));
        panic!("on purpose");
    }));
    assert!(panicked.is_err());

    let arena = workspace.acquire(64).unwrap();
    assert!(!audit::is_dirty(&arena));
}
