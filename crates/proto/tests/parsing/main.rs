//! What the parsers take and refuse: examples by rule, and properties over arbitrary input.

mod credential;
mod name;
mod scope;
mod secret;
