//! Tokens: which is good where and how long, rotation and replay, and whose state ends them.

mod kinds;
mod lifetime;
mod refresh;
mod replay;
mod state;
