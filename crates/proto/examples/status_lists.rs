//! What status lists cost: all lists of a hundred million tokens, one in a hundred of them taken
//! back, for several sizes of a list. The figures in `docs/tokens.md` are from here.
//!
//! ```console
//! $ cargo run --release -p countersign-proto --example status_lists
//! ```

#![expect(clippy::print_stdout, reason = "the figures are its standard output")]

use std::{
    error::Error,
    hint::black_box,
    time::{Duration, Instant},
};

use countersign_proto::{
    jose::{Algorithm, KeySet, SigningKey},
    status_list::{StatusList, StatusListClaims, verify_status_list},
};

const TOKENS: u64 = 100_000_000;
const ONE_IN: u64 = 100;
const LOOK_UPS: u64 = 10_000_000;
const NOW: i64 = 1_800_000_000;
const URI: &str = "https://auth.example/status-lists/0";

/// Numbers that follow no pattern a compressor sees.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (self.0 ^ (self.0 >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd) >> 20
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let key = SigningKey::generate(Algorithm::EdDSA)?;
    let mut random = Random(1);
    let revoked: Vec<u64> = (0..TOKENS / ONE_IN).map(|_| random.next() % TOKENS).collect();
    println!(
        "tokens in a list | lists | all made | one made | one signed, bytes | all, MB | verified | looked up"
    );
    for size in [1_u64 << 17, 1 << 18, 1 << 20, 1 << 22] {
        measure(size, &revoked, &key)?;
    }
    Ok(())
}

fn measure(size: u64, revoked: &[u64], key: &SigningKey) -> Result<(), Box<dyn Error>> {
    let mut lists = vec![Vec::new(); usize::try_from(TOKENS.div_ceil(size))?];
    for index in revoked {
        lists[usize::try_from(index / size)?].push(index % size);
    }
    let (mut bytes, mut longest, mut last) = (0, Duration::ZERO, String::new());
    let begun = Instant::now();
    for set in &lists {
        let one = Instant::now();
        last = made(size, set, key)?;
        longest = longest.max(one.elapsed());
        bytes += last.len();
    }
    let (all, count) = (begun.elapsed(), lists.len());
    let keys = KeySet::new([key.verifying_key()]);
    let begun = Instant::now();
    let list = verify_status_list(&last, &keys, URI, (5, NOW))?.list;
    let verified = begun.elapsed();
    println!(
        "{size:>16} | {count:>5} | {:>6.2} s | {:>5.1} ms | {:>17} | {:>7.2} | {:>5.1} ms | {:>6.1} ns  (longest {:.1} ms)",
        all.as_secs_f64(),
        all.as_secs_f64() * 1e3 / count as f64,
        bytes / count,
        bytes as f64 / 1e6,
        verified.as_secs_f64() * 1e3,
        look_up(&list, size)?,
        longest.as_secs_f64() * 1e3,
    );
    Ok(())
}

fn made(size: u64, set: &[u64], key: &SigningKey) -> Result<String, Box<dyn Error>> {
    let mut list = StatusList::all_valid(usize::try_from(size)?);
    for index in set {
        list.invalidate(*index)?;
    }
    let claims = StatusListClaims {
        iss: "https://auth.example".into(),
        sub: URI.into(),
        iat: NOW,
        exp: NOW + 60,
        ttl: 30,
        status_list: (&list).into(),
    };
    Ok(claims.sign(key)?)
}

/// Nanoseconds for one, at random places.
fn look_up(list: &StatusList, size: u64) -> Result<f64, Box<dyn Error>> {
    let (mut random, mut found) = (Random(7), 0_u64);
    let begun = Instant::now();
    for _ in 0..LOOK_UPS {
        found += u64::from(list.is_invalid(random.next() % size)?);
    }
    black_box(found);
    Ok(begun.elapsed().as_secs_f64() * 1e9 / LOOK_UPS as f64)
}
