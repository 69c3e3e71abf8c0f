//! The engines as the product calls them: `countersign_proto::password::engine`.

use crate::case::Case;
use crate::engines::{Answer, algorithm, version};
use countersign_proto::password::Params;
use countersign_proto::password::engine::{Engine, Fast, Portable, Task};

#[derive(Default)]
pub struct Product {
    fast: Fast,
    portable: Portable,
}

impl Product {
    /// Both answers; nothing for a case with a secret, which the product has none of.
    pub fn derive(&mut self, case: &Case) -> Option<[Answer; 2]> {
        if !case.secret.is_empty() {
            return None;
        }
        let task = Task {
            algorithm: algorithm(case.algorithm),
            version: version(case.version),
            cost: Params {
                memory_kib: case.memory_kib,
                iterations: case.passes,
                lanes: case.lanes,
            },
            password: &case.password,
            salt: &case.salt,
            associated: &case.associated,
        };
        let length = case.output_len;
        Some([answer(&mut self.fast, &task, length), answer(&mut self.portable, &task, length)])
    }

    /// Gives the memory back, so that the next case begins with fresh memory.
    pub fn clear(&mut self) {
        self.fast.clear();
        self.portable.clear();
    }
}

fn answer(engine: &mut impl Engine, task: &Task<'_>, length: usize) -> Answer {
    let mut output = vec![0; length];
    engine.derive(task, &mut output).ok().map(|()| output)
}
