//! Serving an embedder's application so that client addresses are known.

use std::{io, net::SocketAddr};

use axum::Router;
use tokio::net::TcpListener;

/// Serves `app`, telling it the address of each peer, which throttling and fair queueing go by.
/// The same as `axum::serve` with `into_make_service_with_connect_info::<SocketAddr>()`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(listener: TcpListener, app: Router) -> io::Result<()> {
    axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await
}
