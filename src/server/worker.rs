//! A thread that does one thing after the other: a folder's judges its states.
//!
//! What it does in parallel it does on the pool; but most states differ from the one before by a keystroke, and to wake the pool
//! for these costs more than the work itself.

use crate::syntax::prepare_threads;
use crate::syntax::stack::THREAD_BYTES;
use crossbeam_channel::{Sender, unbounded};
use std::sync::OnceLock;
use std::thread;

/// The thread starts with the first job, and ends when this is dropped.
#[derive(Default)]
pub(super) struct Worker(OnceLock<Sender<Job>>);

type Job = Box<dyn FnOnce() + Send>;

impl Worker {
    /// Has the thread do this, after what it was given before.
    pub(super) fn run(&self, job: impl FnOnce() + Send + 'static) {
        let jobs = self.0.get_or_init(|| {
            let (sender, receiver) = unbounded::<Job>();
            let thread = thread::Builder::new().name("judge".to_owned()).stack_size(THREAD_BYTES);
            let work = move || {
                prepare_threads();
                receiver.into_iter().for_each(|job| job());
            };
            if let Err(error) = thread.spawn(work) {
                tracing::warn!("there is no thread to judge on: {error}");
            }
            sender
        });
        if let Err(unsent) = jobs.send(Box::new(job)) {
            // Slow is better than never.
            (unsent.0)();
        }
    }
}
