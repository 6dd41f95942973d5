//! The language server.
//!
//! The framework is transport and router only: `backend` sends one event for each message, and one thread, the `owner`, handles
//! them in order. It alone has the `session`'s state. What takes long runs on the pool, over an immutable snapshot, and comes back as
//! an event. LSP types are named in this room alone.

mod backend;
mod capabilities;
mod commands;
mod diagnostics;
mod documents;
mod event;
mod folder;
mod framing;
mod gate;
mod handlers;
mod outbox;
mod owner;
mod proto;
mod publish;
mod resolver;
mod root;
mod session;
mod settings;
mod shift;
mod text;
mod verdict;
mod view;
mod watch;
mod worker;

use crate::syntax::stack::THREAD_BYTES;
use crate::workspace::variables::Variables;
use backend::Backend;
use framing::Messages;
use gate::Gate;
use session::Session;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tokio::io::{AsyncRead, AsyncWrite};
use tower_lsp::{LspService, Server};

/// More requests than any client has open: with fewer slots a `$/cancelRequest` would have to wait for one.
const CONCURRENCY: usize = 1 << 16;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The client shut the server down first.
    Orderly,
    /// The client went away, or said `exit` out of the blue.
    Abrupt,
}

/// Serves on stdin and stdout until the client says `exit` or closes them.
pub fn run() -> io::Result<End> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let end = runtime.block_on(serve(tokio::io::stdin(), tokio::io::stdout(), Variables::of_process()));
    // A client that keeps stdin open would be waited for otherwise.
    runtime.shutdown_background();
    end
}

/// Serves one client.
pub async fn serve(input: impl AsyncRead + Unpin, output: impl AsyncWrite, variables: Variables) -> io::Result<End> {
    let (events, inbox) = crossbeam_channel::unbounded();
    let (outbox, letters) = outbox::outbox();
    let is_shut_down = Arc::new(AtomicBool::new(false));
    let session = Session::new(events.clone(), outbox, variables);
    // Dropped when all is said: nothing is kept of a client that is gone.
    let (_client, served) = crossbeam_channel::bounded(0);
    let owner = move || owner::run(&inbox, &served, session);
    thread::Builder::new().name("owner".to_owned()).stack_size(THREAD_BYTES).spawn(owner)?;
    let (service, socket) = LspService::build(|client| {
        tokio::spawn(letters.deliver(client, events.clone()));
        Backend { events }
    })
    .custom_method("preboot/didFocus", Backend::did_focus)
    .custom_method("preboot/plan", Backend::plan)
    .custom_method("preboot/status", Backend::status)
    .custom_method("preboot/schema", Backend::schema)
    .finish();
    Server::new(Messages::new(input), output, socket)
        .concurrency_level(CONCURRENCY)
        .serve(Gate::new(service, Arc::clone(&is_shut_down)))
        .await;
    Ok(if is_shut_down.load(Ordering::Relaxed) { End::Orderly } else { End::Abrupt })
}
