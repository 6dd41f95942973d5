//! What is answered before the framework's router sees it, and what becomes of a handler that panics.

use serde::{Deserialize, Serialize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use tower_lsp::jsonrpc::{Error, Id, Request, Response};
use tower_service::Service;

/// The method of the request that `framing` puts in the place of a message which can't be read. Its parameters are [`Refused`].
pub(super) const REFUSED: &str = "$/preboot/refused";

/// What is wrong with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub(super) enum Refused {
    /// It is no JSON, or nests deeper than can be read.
    Unreadable,
    /// It is JSON, but no request, notification or response.
    NoMessage,
}

type Answer<E> = Result<Option<Response>, E>;
type Answering<E> = Pin<Box<dyn Future<Output = Answer<E>> + Send>>;

/// The framework's service with that added.
pub(super) struct Gate<S> {
    inner: S,
    is_initialized: bool,
    is_shut_down: Arc<AtomicBool>,
}

impl<S> Gate<S> {
    /// `is_shut_down` becomes true when the client asks for the end, so that it comes as no surprise.
    pub(super) fn new(inner: S, is_shut_down: Arc<AtomicBool>) -> Self {
        Self { inner, is_initialized: false, is_shut_down }
    }

    /// Here and not in the handler: an `exit` that follows at once cancels what has not begun.
    fn note(&mut self, method: &str) {
        match method {
            "initialize" => self.is_initialized = true,
            "shutdown" if self.is_initialized => self.is_shut_down.store(true, Ordering::Relaxed),
            _ => {}
        }
    }
}

impl<S, E> Service<Request> for Gate<S>
where
    S: Service<Request, Response = Option<Response>, Error = E, Future = Answering<E>>,
    E: Send + 'static,
{
    type Response = Option<Response>;
    type Error = E;
    type Future = Answering<E>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), E>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Answering<E> {
        if let Some(error) = refused(&request) {
            let id = request.id().cloned().unwrap_or_default();
            return Box::pin(std::future::ready(Ok(Some(Response::from_error(id, error)))));
        }
        let id = request.id().cloned();
        if id.is_some() {
            self.note(request.method());
        }
        Box::pin(Caught { id, inner: self.inner.call(request) })
    }
}

/// The error that a request is answered with, whatever the state of the session. The framework leaves requests whose name begins with
/// `$/` without an answer, as the protocol has it for notifications alone; it knows no such request.
fn refused(request: &Request) -> Option<Error> {
    request.id()?;
    if request.method() == REFUSED {
        let why = request.params().and_then(|why| serde_json::from_value(why.clone()).ok());
        return Some(match why {
            Some(Refused::Unreadable) => Error::parse_error(),
            Some(Refused::NoMessage) | None => Error::invalid_request(),
        });
    }
    request.method().starts_with("$/").then(Error::method_not_found)
}

/// A handler at work. One that panics costs its request.
struct Caught<E> {
    id: Option<Id>,
    inner: Answering<E>,
}

impl<E> Future for Caught<E> {
    type Output = Answer<E>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer<E>> {
        let Self { id, inner } = &mut *self;
        catch_unwind(AssertUnwindSafe(|| inner.as_mut().poll(context))).unwrap_or_else(|_| {
            tracing::error!("a handler failed; the server goes on");
            Poll::Ready(Ok(id.take().map(|id| Response::from_error(id, Error::internal_error()))))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::convert::Infallible;

    struct Broken;

    impl Service<Request> for Broken {
        type Response = Option<Response>;
        type Error = Infallible;
        type Future = Answering<Infallible>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, request: Request) -> Answering<Infallible> {
            Box::pin(async move { panic!("{} is broken, as the test wants it", request.method()) })
        }
    }

    /// The code of the error that is answered.
    fn code(request: serde_json::Value) -> Option<i64> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let answer = runtime.block_on(Gate::new(Broken, Arc::default()).call(serde_json::from_value(request).unwrap()));
        answer.unwrap().map(|answer| answer.error().unwrap().code.code())
    }

    #[test]
    fn a_handler_that_panics_costs_its_request() {
        assert_eq!(code(json!({ "jsonrpc": "2.0", "id": 1, "method": "textDocument/hover" })), Some(-32603));
        assert_eq!(code(json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen" })), None);
    }

    #[test]
    fn requests_about_the_protocol_are_answered() {
        assert_eq!(code(json!({ "jsonrpc": "2.0", "id": 1, "method": "$/unheardOf" })), Some(-32601));
        assert_eq!(code(json!({ "jsonrpc": "2.0", "id": 1, "method": REFUSED, "params": Refused::Unreadable })), Some(-32700));
        assert_eq!(code(json!({ "jsonrpc": "2.0", "id": null, "method": REFUSED, "params": "?" })), Some(-32600));
    }
}
