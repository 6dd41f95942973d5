//! A folder of the workspace: its states are counted, and the newest one, or one that a request asks about, is judged on the pool.

use super::event::Event;
use super::publish::Published;
use super::root::Root;
use super::verdict::{Abandoned, Failure, Inputs, Outcome, Verdict, complete, judge};
use super::worker::Worker;
use crate::workspace::git::Stamp;
use crossbeam_channel::Sender;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FolderId(pub(super) u32);

pub(super) struct Folder {
    pub(super) id: FolderId,
    pub(super) root: Arc<Root>,
    pub(super) published: Published,
    /// Of the repository, when the last state began.
    pub(super) stamp: Stamp,
    /// Grows with each change of anything that a verdict depends on.
    generation: u64,
    /// Grows with each change of anything besides the open documents.
    pub(super) disk: u64,
    /// The newest there is.
    verdict: Option<(u64, Arc<Verdict>)>,
    /// The newest state that could not be judged.
    failed: Option<u64>,
    running: Option<Job>,
    worker: Worker,
    /// Nothing has happened for a while: what can wait is done now.
    pub(super) is_at_leisure: bool,
    /// Requests about a state that is not judged yet.
    waiting: BTreeMap<u64, Waiting>,
}

struct Job {
    generation: u64,
    is_abandoned: Arc<AtomicBool>,
    /// One was abandoned just before: this one is seen through, so that somebody who types without a pause sees something.
    is_second: bool,
}

struct Waiting {
    inputs: Inputs,
    requests: Vec<Continuation>,
}

/// Called with the verdict on the state that was asked about, if there is one.
pub(super) type Continuation = Box<dyn FnOnce(Option<&Arc<Verdict>>) + Send>;

impl Folder {
    pub(super) fn new(id: FolderId, root: Root) -> Self {
        Self {
            id,
            stamp: Stamp::of(root.path()),
            root: Arc::new(root),
            published: Published::default(),
            generation: 1,
            disk: 1,
            verdict: None,
            failed: None,
            running: None,
            worker: Worker::default(),
            is_at_leisure: false,
            waiting: BTreeMap::new(),
        }
    }

    /// The disk or the repository may be different now.
    pub(super) fn disk_changed(&mut self) {
        self.stamp = Stamp::of(self.root.path());
        self.disk += 1;
        self.changed();
    }

    /// Something that a verdict depends on is different now.
    pub(super) fn changed(&mut self) {
        self.generation += 1;
        // The first look at everything is never in vain: what has changed meanwhile costs its difference. Clients open their
        // documents just after it has begun.
        if self.is_unread() {
            return;
        }
        if let Some(job) = &self.running
            && !job.is_second
            && !self.waiting.contains_key(&job.generation)
        {
            job.is_abandoned.store(true, Ordering::Relaxed);
        }
    }

    /// The newest verdict, of whichever state.
    pub(super) fn verdict(&self) -> Option<&Arc<Verdict>> {
        self.verdict.as_ref().map(|(_, verdict)| verdict)
    }

    /// Whether nothing was found out about it yet.
    fn is_unread(&self) -> bool {
        self.verdict.is_none() && self.failed.is_none()
    }

    /// Whether the present state is judged, or can't be.
    fn is_settled(&self) -> bool {
        self.failed == Some(self.generation) || self.verdict.as_ref().is_some_and(|(generation, _)| *generation == self.generation)
    }

    /// Calls `request` with the verdict on the present state: now, or when it is found.
    pub(super) fn ask(&mut self, inputs: impl FnOnce(&Self) -> Inputs, request: Continuation) {
        if self.is_settled() {
            request(self.verdict.as_ref().filter(|(generation, _)| *generation == self.generation).map(|(_, verdict)| verdict));
            return;
        }
        if let Some(waiting) = self.waiting.get_mut(&self.generation) {
            waiting.requests.push(request);
            return;
        }
        let waiting = Waiting { inputs: inputs(self), requests: vec![request] };
        self.waiting.insert(self.generation, waiting);
    }

    /// Puts the pool to work if there is something to find out and it has nothing to do for this folder. `inputs` are those of the
    /// present state. Whether this is the first time.
    pub(super) fn start(&mut self, inputs: impl FnOnce(&Self) -> Inputs, events: &Sender<Event>, is_second: bool) -> bool {
        if self.running.is_some() {
            return false;
        }
        // What somebody waits for comes first, in the order in which it was asked.
        let (generation, inputs) = match self.waiting.first_key_value() {
            Some((generation, waiting)) => (*generation, waiting.inputs.clone()),
            None if self.is_settled() => return false,
            None => (self.generation, inputs(self)),
        };
        let is_first = self.is_unread();
        let previous = self.verdict().cloned();
        self.run(generation, is_second, events, move |is_abandoned| judge(&inputs, previous.as_deref(), is_abandoned));
        is_first
    }

    /// Whether the references left behind are to be looked for when there is time.
    pub(super) fn can_be_completed(&self) -> bool {
        // What failed once fails again.
        let is_free = self.running.is_none() && self.is_settled() && self.failed != Some(self.generation);
        is_free && self.verdict().is_some_and(|verdict| !verdict.is_complete)
    }

    /// Looks for them in the state that the newest verdict is on.
    pub(super) fn complete(&mut self, events: &Sender<Event>) {
        if let Some((generation, verdict)) = self.verdict.clone() {
            self.run(generation, false, events, move |is_abandoned| complete(&verdict, is_abandoned));
        }
    }

    fn run(
        &mut self,
        generation: u64,
        is_second: bool,
        events: &Sender<Event>,
        work: impl FnOnce(&Abandoned<'_>) -> Result<Verdict, Failure> + Send + 'static,
    ) {
        let is_abandoned = Arc::new(AtomicBool::new(false));
        self.running = Some(Job { generation, is_abandoned: Arc::clone(&is_abandoned), is_second });
        let (folder, events) = (self.id, events.clone());
        self.worker.run(move || {
            let is_abandoned = || is_abandoned.load(Ordering::Relaxed);
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&is_abandoned)));
            let outcome = outcome.unwrap_or(Err(Failure::Panicked)).map(Arc::new);
            // Nobody listens any more while the server ends.
            let _ = events.send(Event::Judged { folder, generation, outcome });
        });
    }

    /// Takes in how a job ended and gives the requests that waited for it. Whether the verdict is the newest now.
    pub(super) fn finished(&mut self, generation: u64, outcome: &Outcome) -> (Vec<Continuation>, bool) {
        self.running = None;
        if matches!(outcome, Err(Failure::Abandoned)) {
            return (Vec::new(), false);
        }
        let requests = self.waiting.remove(&generation).map(|waiting| waiting.requests).unwrap_or_default();
        let is_news = match outcome {
            Ok(verdict) if self.verdict.as_ref().is_none_or(|(newest, _)| *newest <= generation) => {
                self.verdict = Some((generation, Arc::clone(verdict)));
                true
            }
            Ok(_) => false,
            Err(_) => {
                self.failed = self.failed.max(Some(generation));
                false
            }
        };
        (requests, is_news)
    }
}
