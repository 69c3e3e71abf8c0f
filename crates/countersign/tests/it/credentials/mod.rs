//! Credentials: where they are looked for, which are believed, and what a refusal asks for.

mod carriers;
mod challenges;
