//! The binary as its users meet it: started, asked over HTTP, commanded, stopped.

mod commands;
mod configuration;
mod kit;
mod life;
mod secrets;
mod tls;
