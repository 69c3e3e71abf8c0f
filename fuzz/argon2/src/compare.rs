//! A case put to all engines, and the count of what was compared.

use crate::case::Case;
use crate::engines::{Answer, Reference, Reused};
#[cfg(feature = "engines")]
use crate::product::Product;
use crate::{forced, strings};
use argon2_rust::{Backend, Blake2bBackend};
use blake2::Digest;
use blake2::digest::consts::{U17, U32};
use fastrand::Rng;
use std::collections::BTreeMap;

pub struct Comparison {
    pub cases: u64,
    levels: Vec<Backend>,
    blake2b_levels: Vec<Blake2bBackend>,
    reference: Reference,
    reused: Reused,
    #[cfg(feature = "engines")]
    product: Product,
    counts: BTreeMap<String, u64>,
}

impl Default for Comparison {
    fn default() -> Self {
        Self {
            cases: 0,
            levels: forced::levels(),
            blake2b_levels: forced::blake2b_levels(),
            reference: Reference::default(),
            reused: Reused::default(),
            #[cfg(feature = "engines")]
            product: Product::default(),
            counts: BTreeMap::new(),
        }
    }
}

impl Comparison {
    /// Draws a case and compares.
    ///
    /// # Errors
    /// The first difference.
    pub fn next(&mut self, rng: &mut Rng) -> Result<(), String> {
        let case = Case::random(rng);
        self.cases += 1;
        let known = self.reference.derive(&case);
        self.describe(&case, known.is_none());
        self.same(&case, "argon2-rust, memory reused", &known, |all| all.reused.derive(&case))?;
        let level = self.levels[self.cases as usize % self.levels.len()];
        self.same(&case, &format!("forced {}", level.name()), &known, |_| {
            forced::derive(level, &case)
        })?;
        #[cfg(feature = "engines")]
        self.product(&case, &known)?;
        if rng.u8(..32) == 0 {
            self.blake2b(&case)?;
            self.strings(&case)?;
        }
        if rng.u16(..4096) == 0 {
            self.disturb(rng);
        }
        Ok(())
    }

    fn same(
        &mut self,
        case: &Case,
        who: &str,
        known: &Answer,
        answer: impl FnOnce(&mut Self) -> Answer,
    ) -> Result<(), String> {
        if answer(self) != *known {
            return Err(format!("{who} differs in case {}\n{case:?}", self.cases));
        }
        self.count(who);
        Ok(())
    }

    #[cfg(feature = "engines")]
    fn product(&mut self, case: &Case, known: &Answer) -> Result<(), String> {
        let Some([fast, portable]) = self.product.derive(case) else { return Ok(()) };
        self.same(case, "the product's Fast", known, |_| fast)?;
        self.same(case, "the product's Portable", known, |_| portable)
    }

    fn blake2b(&mut self, case: &Case) -> Result<(), String> {
        let input = [&case.password[..], &case.salt, &case.secret].concat();
        let hash = match case.output_len % 3 {
            0 => blake2::Blake2b512::digest(&input).to_vec(),
            1 => blake2::Blake2b::<U32>::digest(&input).to_vec(),
            _ => blake2::Blake2b::<U17>::digest(&input).to_vec(),
        };
        let (length, known) = (hash.len(), Some(hash));
        let long = forced::blake2b_long(Blake2bBackend::Scalar, &input, case.output_len);
        for level in self.blake2b_levels.clone() {
            let who = format!("BLAKE2b {level:?}");
            self.same(case, &who, &known, |_| forced::blake2b(level, &input, length))?;
            let who = format!("long BLAKE2b {level:?} against scalar");
            let longer = forced::blake2b_long(level, &input, case.output_len);
            self.same(case, &who, &long, |_| longer)?;
        }
        Ok(())
    }

    fn strings(&mut self, case: &Case) -> Result<(), String> {
        match strings::agree(case) {
            Some(true) => self.count("PHC strings across"),
            Some(false) => return Err(format!("strings differ in case {}\n{case:?}", self.cases)),
            None => {}
        }
        Ok(())
    }

    /// Leaves other memory behind than the last case did.
    fn disturb(&mut self, rng: &mut Rng) {
        self.reference.soil(rng.u64(..));
        if rng.bool() {
            self.reused = Reused::default();
            #[cfg(feature = "engines")]
            self.product.clear();
        }
        self.count("memory soiled or given back");
    }

    fn describe(&mut self, case: &Case, refused: bool) {
        if refused {
            return self.count("refused by all");
        }
        self.count(&format!("{:?} {:?}", case.algorithm, case.version));
        self.count(&format!("memory {}", case.size()));
        if case.lanes > 1 {
            self.count("more than one lane");
        }
        if !case.secret.is_empty() {
            self.count("with a secret");
        }
        if !case.associated.is_empty() {
            self.count("with associated data");
        }
    }

    fn count(&mut self, what: &str) {
        match self.counts.get_mut(what) {
            Some(count) => *count += 1,
            None => drop(self.counts.insert(what.to_owned(), 1)),
        }
    }
}

impl std::fmt::Display for Comparison {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cases, no difference", self.cases)?;
        self.counts.iter().try_for_each(|(what, count)| write!(f, "\n  {what}: {count}"))
    }
}
