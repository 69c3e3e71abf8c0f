//! Embedding: what an application writes around the library.

mod guards;
mod neighbours;
