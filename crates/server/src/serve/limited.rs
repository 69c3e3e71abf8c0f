//! A future with a time limit, which costs nothing where it is ready at once: most requests are.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use tokio::time::{Sleep, sleep};

/// The limit was reached.
#[derive(Debug)]
pub(super) struct Late;

/// Ends with what `inner` gives, or when it takes too long. The time counts from when it first has
/// to wait: a timer of tokio's asks for the runtime, by a count that all threads share.
pub(super) struct Limited<F> {
    inner: F,
    limit: Duration,
    timer: Option<Pin<Box<Sleep>>>,
}

impl<F> Limited<F> {
    pub(super) fn new(limit: Duration, inner: F) -> Self {
        Self { inner, limit, timer: None }
    }
}

impl<F: Future + Unpin> Future for Limited<F> {
    type Output = Result<F::Output, Late>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = Pin::new(&mut self.inner).poll(cx) {
            return Poll::Ready(Ok(output));
        }
        let limit = self.limit;
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep(limit)));
        timer.as_mut().poll(cx).map(|()| Err(Late))
    }
}
