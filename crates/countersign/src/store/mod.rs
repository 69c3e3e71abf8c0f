//! Storage: the only SQL of the library. `db` knows the two engines; each table family has a file
//! of statements beside it and knows none.
#![cfg_attr(not(test), expect(dead_code, reason = "the features that call it come next"))]

pub(crate) mod db;
