//! Hashes made by the original libraries (`vectors/make_password_vectors.py`) are verified as
//! those libraries verify them.

use countersign_proto::password::{
    Bound, HashError, Memory, Verdict, check, identify, needs_rehash, verify,
};
use serde::Deserialize;

#[derive(Deserialize)]
struct Vector {
    library: String,
    scheme: String,
    password: String,
    hash: String,
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("vectors/password.json")).expect("a list of vectors")
}

impl Vector {
    fn verify(&self, password: &str, memory: &mut Memory) -> Verdict {
        verify(&self.hash, password, &Bound::default(), memory)
            .unwrap_or_else(|error| panic!("{self}: {error}"))
    }

    /// A bare bcrypt hash knows nothing of what follows the 72nd byte.
    fn counts(&self, at: usize) -> bool {
        let bare = ["passlib bcrypt", "bcrypt 2b", "django bcrypt"];
        at < 72 || !bare.contains(&format!("{} {}", self.library, self.scheme).as_str())
    }

    /// The password with one character another, at its beginning, middle or end.
    fn mutations(&self) -> Vec<String> {
        let chars: Vec<(usize, char)> = self.password.char_indices().collect();
        if self.password == "made at the default cost" {
            return vec![self.password.to_uppercase()];
        }
        let mut mutations = Vec::new();
        for at in [0, chars.len() / 2, chars.len().saturating_sub(1)] {
            let Some((byte, char)) = chars.get(at).filter(|(byte, _)| self.counts(*byte)) else {
                continue;
            };
            let (before, after) =
                (&self.password[..*byte], &self.password[byte + char.len_utf8()..]);
            let other = if *char == 'x' { 'y' } else { 'x' };
            mutations.push(format!("{before}{other}{after}"));
        }
        if self.counts(self.password.len()) {
            mutations.push(format!("{}x", self.password));
        }
        mutations
    }
}

impl std::fmt::Display for Vector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} of {:?}: {}", self.library, self.scheme, self.password, self.hash)
    }
}

#[test]
fn each_librarys_hash_matches_its_password() {
    let mut memory = Memory::default();

    for vector in vectors() {
        assert!(vector.verify(&vector.password, &mut memory).is_match(), "{vector}");
    }
}

#[test]
fn a_password_one_character_off_is_a_mismatch() {
    let mut memory = Memory::default();

    for vector in vectors() {
        for mutation in vector.mutations() {
            let verdict = vector.verify(&mutation, &mut memory);
            assert_eq!(verdict, Verdict::Mismatch, "{vector} took {mutation:?}");
        }
    }
}

#[test]
fn each_librarys_hash_is_identified_and_to_be_replaced() {
    for vector in vectors() {
        assert!(identify(&vector.hash).is_some(), "{vector}");
        assert!(needs_rehash(&vector.hash, Default::default()), "{vector}");
    }
}

/// A look at the form lets nothing through that a verification would choke on later.
#[test]
fn the_form_of_a_hash_is_judged_as_its_verification_would() {
    let (bound, mut memory) = (Bound::default(), Memory::default());

    for vector in vectors().iter().filter(|vector| vector.password != "made at the default cost") {
        assert_eq!(check(&vector.hash, &bound), Ok(()), "{vector}");
        for cut in (1..vector.hash.len()).step_by(7).filter(|at| vector.hash.is_char_boundary(*at))
        {
            let broken = &vector.hash[..cut];
            if check(broken, &bound).is_ok() {
                assert!(verify(broken, "a", &bound, &mut memory).is_ok(), "{vector}: {broken}");
            }
        }
    }
    let costly = check("pbkdf2:sha256:4000000000$x$00", &bound).unwrap_err();
    assert!(matches!(costly, HashError::TooCostly { .. } | HashError::Malformed(_)), "{costly}");
}
