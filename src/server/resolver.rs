//! What names stand for, and what names something: told by a thread of its own.
//!
//! What it has found out about a state serves the next one, less what the files that changed had to do with it. The costly part of
//! that, trees, is forgotten when nobody asks any more.

use super::verdict::Verdict;
use crate::ide::Resolve;
use crate::references::kept::Kept;
use crate::references::resolve::{Answers, with_resolver};
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use rustc_hash::FxHashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// After so long without a question the trees are forgotten: they take a lot of memory.
const PATIENCE: Duration = Duration::from_secs(120);

/// How long nothing must happen before the next state is looked at without being asked.
const REST: Duration = Duration::from_millis(200);

/// The way to the thread, which starts with the first question.
#[derive(Clone, Default)]
pub(super) struct Resolver(Arc<OnceLock<Sender<Message>>>);

enum Message {
    Ask(Arc<Verdict>, Answer),
    /// There is a new state: the next question will most likely be about it.
    Follow(Arc<Verdict>),
}

type Answer = Box<dyn FnOnce(&dyn Resolve) + Send>;

impl Resolver {
    /// Calls `answer` on the thread. If that fails it is dropped.
    pub(super) fn ask(&self, verdict: Arc<Verdict>, answer: impl FnOnce(&dyn Resolve) + Send + 'static) {
        let messages = self.0.get_or_init(|| {
            let (sender, receiver) = unbounded();
            // Without a thread the questions are dropped, and with them the replies.
            let _ = thread::Builder::new().name("resolver".to_owned()).spawn(move || run(&receiver));
            sender
        });
        let _ = messages.send(Message::Ask(verdict, Box::new(answer)));
    }

    /// Tells of a new state, where anybody has asked about one.
    pub(super) fn follow(&self, verdict: &Arc<Verdict>) {
        if let Some(messages) = self.0.get() {
            let _ = messages.send(Message::Follow(Arc::clone(verdict)));
        }
    }
}

/// What is known of the files of a state.
struct Known {
    verdict: Arc<Verdict>,
    kept: Kept,
    answers: Answers,
}

fn run(messages: &Receiver<Message>) {
    let mut known: Option<Known> = None;
    let mut asked = Instant::now();
    let mut next = messages.recv().ok();
    while let Some(message) = next.take() {
        let (verdict, first) = match message {
            Message::Ask(verdict, answer) => {
                asked = Instant::now();
                (verdict, Some(answer))
            }
            // Nobody has asked for long: there will be time when somebody does.
            Message::Follow(_) if asked.elapsed() > PATIENCE => {
                next = messages.recv().ok();
                continue;
            }
            Message::Follow(verdict) => match messages.recv_timeout(REST) {
                Ok(newer) => {
                    next = Some(newer);
                    continue;
                }
                Err(_) => (verdict, None),
            },
        };
        let before = known.take();
        // What was found out ends with a panic.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let mut known = after(before, verdict);
            let next = about_one_state(&known, first, &mut asked, messages);
            let next = match next {
                Next::Message(message) => Some(message),
                Next::Full => {
                    known.kept = known.kept.without_trees(true);
                    Some(Message::Follow(Arc::clone(&known.verdict)))
                }
                Next::Silence => {
                    known.kept = known.kept.without_trees(false);
                    None
                }
            };
            (known, next)
        }));
        if let Ok((after, message)) = outcome {
            (known, next) = (Some(after), message);
        }
        next = next.or_else(|| messages.recv().ok());
    }
}

/// What is known of a state, by what was known of the one before.
fn after(before: Option<Known>, verdict: Arc<Verdict>) -> Known {
    let texts = verdict.texts();
    let (kept, answers) = match before.filter(|it| it.verdict.inputs.root == verdict.inputs.root) {
        None => (Kept::index(&texts), Answers::default()),
        Some(Known { verdict: old, kept, answers }) => {
            // Where the disk may have changed, only the texts themselves tell.
            let is_known = old.inputs.disk == verdict.inputs.disk;
            let difference = verdict.files().since(old.files());
            if is_known && difference.is_empty() && old.inputs.editor == verdict.inputs.editor {
                (kept, answers)
            } else {
                let changed: FxHashSet<&str> = difference.changed.iter().chain(&difference.added).map(|it| &**it).collect();
                (kept.after(&texts, &|path| is_known && !changed.contains(path)), Answers::default())
            }
        }
    };
    drop(texts);
    Known { verdict, kept, answers }
}

/// Why no more questions are answered about a state.
enum Next {
    /// This is about another one.
    Message(Message),
    /// There are too many trees.
    Full,
    /// Nobody asks any more.
    Silence,
}

/// Answers questions about one state.
fn about_one_state(known: &Known, first: Option<Answer>, asked: &mut Instant, messages: &Receiver<Message>) -> Next {
    let texts = known.verdict.texts();
    with_resolver(&texts, &known.kept, &known.answers, |resolver| {
        match first {
            Some(answer) => answer(resolver),
            None => resolver.prepare(),
        }
        loop {
            if known.kept.is_full() {
                return Next::Full;
            }
            match messages.recv_timeout(PATIENCE) {
                Ok(Message::Ask(verdict, answer)) if Arc::ptr_eq(&verdict, &known.verdict) => {
                    *asked = Instant::now();
                    answer(resolver);
                }
                Ok(Message::Follow(verdict)) if Arc::ptr_eq(&verdict, &known.verdict) => {}
                Ok(message) => return Next::Message(message),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return Next::Silence,
            }
        }
    })
}
