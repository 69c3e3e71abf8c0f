//! What a hash of the usual cost takes of a processor, engine by engine in turns.

use crate::case::Case;
use crate::engines::{Reference, Reused};
use crate::forced;
use argon2_rust::{Algorithm, Version};

/// Hashes of one engine before it is the next one's turn.
const TURN: u32 = 4;

/// The median over the rounds, milliseconds of processor time for a hash.
pub fn report(rounds: u64) -> String {
    let case = usual();
    let (mut reference, mut reused) = (Reference::default(), Reused::default());
    let mut engines: Vec<(String, Box<dyn FnMut()>)> = vec![
        ("RustCrypto, memory reused".into(), {
            let case = usual();
            Box::new(move || drop(reference.derive(&case)))
        }),
        ("argon2-rust, memory reused".into(), {
            let case = usual();
            Box::new(move || drop(reused.derive(&case)))
        }),
    ];
    for level in forced::levels() {
        let case = usual();
        let name = format!("argon2-rust, {}, memory fresh", level.name());
        engines.push((name, Box::new(move || drop(forced::derive(level, &case)))));
    }
    let mut costs = vec![Vec::new(); engines.len()];
    for _ in 0..=rounds {
        for ((_, hash), costs) in engines.iter_mut().zip(&mut costs) {
            let before = processor_nanoseconds();
            (0..TURN).for_each(|_| hash());
            costs.push((processor_nanoseconds() - before) as f64 / f64::from(TURN) / 1e6);
        }
    }
    let mut text = format!("m={} t={} p={}", case.memory_kib, case.passes, case.lanes);
    for ((name, _), mut costs) in engines.into_iter().zip(costs) {
        // The first round is the one that gets the memory.
        costs.remove(0);
        costs.sort_by(f64::total_cmp);
        text += &format!("\n  {name}: {:.2} ms", costs[costs.len() / 2]);
    }
    text
}

fn usual() -> Case {
    Case {
        algorithm: Algorithm::Argon2id,
        version: Version::V0x13,
        memory_kib: 19_456,
        passes: 2,
        lanes: 1,
        output_len: 32,
        password: b"correct horse".to_vec(),
        salt: b"a salt, 16 bytes".to_vec(),
        secret: Vec::new(),
        associated: Vec::new(),
    }
}

/// What this thread has had, as Linux counts it, and that is when it schedules.
fn processor_nanoseconds() -> u64 {
    std::thread::yield_now();
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux");
    text.split(' ').next().and_then(|number| number.parse().ok()).expect("a number")
}
