//! The two Argon2 engines answer alike: a short run of the comparison of which
//! `docs/evidence/argon2.md` tells, through the product's own module.

#![cfg(feature = "fast-argon2")]

use std::cell::RefCell;

use argon2::Argon2;
use argon2::password_hash::{PasswordVerifier, phc::PasswordHash};
use countersign_proto::password::engine::{Algorithm, Engine, Fast, Portable, Task, Version};
use countersign_proto::password::{HashError, Memory, Params, hash};
use proptest::prelude::*;

/// Lengths at and around the blocks of BLAKE2b, and any.
fn bytes(least: usize) -> impl Strategy<Value = Vec<u8>> {
    let edges = prop::sample::select(vec![0_usize, 1, 63, 64, 65, 127, 128, 129, 255, 256, 1024]);
    prop_oneof![edges, 0_usize..200]
        .prop_flat_map(move |length| prop::collection::vec(any::<u8>(), length.max(least)))
}

fn cost() -> impl Strategy<Value = Params> {
    let lanes = prop_oneof![4 => Just(1_u32), 2 => 2_u32..5, 1 => 5_u32..20];
    let more = prop_oneof![4 => Just(0_u32), 4 => 0_u32..16, 2 => 0_u32..64, 1 => 0_u32..600];
    (lanes, more, 1_u32..5).prop_map(|(lanes, more, iterations)| Params {
        memory_kib: 8 * lanes + more,
        iterations,
        lanes,
    })
}

fn algorithm() -> impl Strategy<Value = Algorithm> {
    prop::sample::select(vec![Algorithm::Argon2id, Algorithm::Argon2i, Algorithm::Argon2d])
}

fn version() -> impl Strategy<Value = Version> {
    prop::sample::select(vec![Version::V0x10, Version::V0x13])
}

fn answer<E: Engine>(engine: &mut E, task: &Task<'_>, length: usize) -> Result<Vec<u8>, HashError> {
    let mut output = vec![0; length];
    engine.derive(task, &mut output).map(|()| output)
}

thread_local! {
    /// Kept from case to case, so that remains of one would show in the next.
    static ENGINES: RefCell<(Fast, Portable)> = RefCell::default();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn both_engines_answer_alike_in_memory_they_reuse(
        (algorithm, version, cost) in (algorithm(), version(), cost()),
        (password, salt) in (bytes(0), bytes(8)),
        associated in prop::collection::vec(any::<u8>(), 0..33),
        length in prop_oneof![Just(32_usize), 4_usize..300],
    ) {
        let (password, salt, associated) = (&password[..], &salt[..], &associated[..]);
        let task = Task { algorithm, version, cost, password, salt, associated };
        ENGINES.with_borrow_mut(|(fast, portable)| {
            let known = answer(portable, &task, length);
            prop_assert!(known.is_ok());
            prop_assert_eq!(answer(fast, &task, length), known);
            Ok(())
        })?;
    }
}

#[test]
fn both_engines_answer_alike_at_the_usual_cost_and_beyond() {
    let (mut fast, mut portable) = (Fast::default(), Portable::default());
    for (memory_kib, iterations, lanes) in
        [(19_456, 2, 1), (8, 1, 1), (47_104, 1, 1), (65_536, 3, 4)]
    {
        let cost = Params { memory_kib, iterations, lanes };
        for algorithm in [Algorithm::Argon2id, Algorithm::Argon2i, Algorithm::Argon2d] {
            let (password, salt) = (b"correct horse", b"some salt");
            let version = Version::V0x13;
            let task = Task { algorithm, version, cost, password, salt, associated: &[] };
            assert_eq!(answer(&mut fast, &task, 32), answer(&mut portable, &task, 32), "{cost:?}");
        }
    }
}

#[test]
fn both_engines_refuse_what_argon2_does_not_take() {
    let good = Task {
        algorithm: Algorithm::Argon2id,
        version: Version::V0x13,
        cost: Params { memory_kib: 64, iterations: 1, lanes: 2 },
        password: b"correct horse",
        salt: b"eight or",
        associated: &[],
    };
    let cost = |memory_kib, iterations, lanes| Task {
        cost: Params { memory_kib, iterations, lanes },
        ..good
    };
    let short = Task { salt: b"seven b", ..good };
    let bad = [
        cost(15, 1, 2),
        cost(7, 1, 1),
        cost(64, 0, 2),
        cost(64, 1, 0),
        cost(64, 1, 1 << 24),
        short,
    ];
    for task in bad {
        let refused = Err(HashError::InvalidParams);
        assert_eq!(answer(&mut Fast::default(), &task, 32), refused, "{:?}", task.cost);
        assert_eq!(answer(&mut Portable::default(), &task, 32), refused, "{:?}", task.cost);
    }
    assert_eq!(answer(&mut Fast::default(), &good, 3), Err(HashError::InvalidParams));
    assert_eq!(answer(&mut Portable::default(), &good, 3), Err(HashError::InvalidParams));
}

#[test]
fn a_hash_of_ours_is_verified_by_rustcryptos_own_verifier() {
    let stored = hash("correct horse", Params::default(), &mut Memory::default()).unwrap();

    let parsed = PasswordHash::new(&stored).unwrap();
    assert!(Argon2::default().verify_password(b"correct horse", &parsed).is_ok());
    assert!(Argon2::default().verify_password(b"incorrect horse", &parsed).is_err());
}

#[test]
fn memory_is_kept_between_hashes_and_given_back_when_asked() {
    fn kept<E: Engine>() -> [usize; 3] {
        let mut engine = E::default();
        let cost = |memory_kib| Params { memory_kib, iterations: 1, lanes: 1 };
        let task = |memory_kib| Task {
            algorithm: Algorithm::Argon2id,
            version: Version::V0x13,
            cost: cost(memory_kib),
            password: b"correct horse",
            salt: b"some salt",
            associated: &[],
        };
        let large = answer(&mut engine, &task(4096), 32).map(|_| engine.kib()).unwrap();
        let small = answer(&mut engine, &task(8), 32).map(|_| engine.kib()).unwrap();
        engine.clear();
        [large, small, engine.kib()]
    }

    assert_eq!(kept::<Fast>(), [4096, 4096, 0]);
    assert_eq!(kept::<Portable>(), [4096, 4096, 0]);
}
