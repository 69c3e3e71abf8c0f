//! What holds for every profile: who is refused, alike for all; that nobody is nobody; what every
//! answer carries, whatever was asked. A profile is added by its lines in `doors`.

mod accounts;
pub(crate) mod doors;
mod envelope;
mod nobody;
mod odd;
mod refused;
