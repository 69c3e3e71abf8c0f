//! One random input of Argon2. Most are small, so that many fit into an hour; the edges of each
//! length are likelier than what lies between.

use argon2_rust::{Algorithm, Version};
use fastrand::Rng;

pub struct Case {
    pub algorithm: Algorithm,
    pub version: Version,
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
    pub output_len: usize,
    pub password: Vec<u8>,
    pub salt: Vec<u8>,
    pub secret: Vec<u8>,
    pub associated: Vec<u8>,
}

/// Around the blocks of BLAKE2b and where a length needs another byte.
const EDGES: [usize; 18] =
    [0, 1, 2, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 129, 255, 256, 257, 1024];

/// 64 is where the output stops being one BLAKE2b.
const OUTPUTS: [usize; 14] = [4, 5, 16, 31, 32, 33, 63, 64, 65, 96, 97, 128, 512, 1024];

impl Case {
    pub fn random(rng: &mut Rng) -> Self {
        let (memory_kib, passes, lanes) = cost(rng);
        let mut case = Self {
            algorithm: Algorithm::ALL[rng.usize(..3)],
            version: Version::ALL[usize::from(rng.u8(..4) != 0)],
            memory_kib,
            passes,
            lanes,
            output_len: output_len(rng),
            password: bytes(rng, 0, 200),
            salt: bytes(rng, 8, 64),
            secret: Vec::new(),
            associated: Vec::new(),
        };
        if rng.u8(..3) == 0 {
            case.secret = bytes(rng, 0, 64);
        }
        if rng.u8(..3) == 0 {
            let length = rng.usize(..=32);
            case.associated = random(rng, length);
        }
        if rng.u8(..100) == 0 {
            case.spoil(rng);
        }
        case
    }

    /// Something Argon2 does not take.
    fn spoil(&mut self, rng: &mut Rng) {
        match rng.u8(..5) {
            0 => self.salt.truncate(rng.usize(..8)),
            1 => self.output_len = rng.usize(..4),
            2 => self.passes = 0,
            3 => self.lanes = if rng.bool() { 0 } else { 1 << 24 },
            _ => self.memory_kib = rng.u32(..self.lanes.saturating_mul(8)),
        }
    }

    /// The class of memory it belongs to, for the count.
    pub fn size(&self) -> &'static str {
        match self.memory_kib {
            0..64 => "below 64 KiB",
            64..1024 => "64 KiB to 1 MiB",
            1024..19_456 => "1 MiB to 19 MiB",
            _ => "19 MiB and more",
        }
    }
}

fn cost(rng: &mut Rng) -> (u32, u32, u32) {
    let lanes = match rng.u32(..10_000) {
        0..7500 => 1,
        7500..9700 => rng.u32(2..=4),
        9700..9980 => rng.u32(5..=16),
        9980..9999 => rng.u32(17..=64),
        _ => rng.u32(65..=260),
    };
    let least = 8 * lanes;
    let memory = match rng.u32(..200_000) {
        0..110_000 => least,
        110_000..180_000 => least + rng.u32(..16),
        180_000..198_000 => least + rng.u32(..64),
        198_000..199_900 => least + rng.u32(..512),
        199_900..199_990 => least + rng.u32(..4096),
        199_990..199_997 => 19_456,
        199_997..199_999 => least + rng.u32(..24_000),
        _ => least + rng.u32(..100_000),
    };
    let passes = match rng.u32(..20) {
        _ if memory > 4096 => rng.u32(1..=3),
        0..12 => 1,
        12..16 => 2,
        16..19 => rng.u32(3..=4),
        _ => rng.u32(5..=10),
    };
    (memory, passes, lanes)
}

fn output_len(rng: &mut Rng) -> usize {
    match rng.u8(..4) {
        0 => 32,
        1 => OUTPUTS[rng.usize(..OUTPUTS.len())],
        _ => rng.usize(4..200),
    }
}

fn bytes(rng: &mut Rng, least: usize, most: usize) -> Vec<u8> {
    let edge = EDGES[rng.usize(..EDGES.len())];
    let length = if rng.u8(..3) == 0 { edge } else { rng.usize(..=most) };
    random(rng, length.max(least))
}

fn random(rng: &mut Rng, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    rng.fill(&mut bytes);
    bytes
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
        writeln!(
            f,
            "{:?} {:?} m={} t={} p={} output={}",
            self.algorithm, self.version, self.memory_kib, self.passes, self.lanes, self.output_len
        )?;
        writeln!(f, "password {}\nsalt {}", hex(&self.password), hex(&self.salt))?;
        write!(f, "secret {}\nassociated {}", hex(&self.secret), hex(&self.associated))
    }
}
