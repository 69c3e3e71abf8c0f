//! What guessing passwords costs, and whom it must not cost anything.

mod flood;
mod pauses;
