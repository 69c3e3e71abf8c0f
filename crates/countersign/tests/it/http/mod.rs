//! HTTP itself: bodies, shapes, the document and the guards of every route.

mod bodies;
pub(crate) mod document;
mod forward_auth;
mod introspection;
mod matrix;
mod shapes;
