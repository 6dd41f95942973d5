//! What names stand for: told by a thread of its own, which keeps what it has found out about a state as long as that is asked about.

use super::verdict::Verdict;
use crate::ide::Resolve;
use crate::references::resolve::with_resolver;
use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::Duration;

/// After so long without a question what was found out is forgotten: it takes a lot of memory.
const PATIENCE: Duration = Duration::from_secs(30);

/// The way to the thread, which starts with the first question.
#[derive(Clone, Default)]
pub(super) struct Resolver(Arc<OnceLock<Sender<Question>>>);

struct Question {
    verdict: Arc<Verdict>,
    answer: Box<dyn FnOnce(&Resolve<'_>) + Send>,
}

impl Resolver {
    /// Calls `answer` on the thread. If that fails it is dropped.
    pub(super) fn ask(&self, verdict: Arc<Verdict>, answer: impl FnOnce(&Resolve<'_>) + Send + 'static) {
        let questions = self.0.get_or_init(|| {
            let (sender, receiver) = unbounded();
            // Without a thread the questions are dropped, and with them the replies.
            let _ = thread::Builder::new().name("resolver".to_owned()).spawn(move || run(&receiver));
            sender
        });
        let _ = questions.send(Question { verdict, answer: Box::new(answer) });
    }
}

fn run(questions: &Receiver<Question>) {
    let mut next = questions.recv().ok();
    while let Some(first) = next.take() {
        // What was found out ends with the state, and with a panic.
        let rest = catch_unwind(AssertUnwindSafe(|| about_one_state(first, questions)));
        next = rest.unwrap_or(None).or_else(|| questions.recv().ok());
    }
}

/// Answers questions about one state, and gives the first one about another.
fn about_one_state(first: Question, questions: &Receiver<Question>) -> Option<Question> {
    let verdict = first.verdict;
    let texts = verdict.texts();
    with_resolver(&texts, |resolver| {
        let resolve = |path: &str, span, targets: &[_]| resolver.resolve(path, span, targets);
        (first.answer)(&resolve);
        loop {
            match questions.recv_timeout(PATIENCE) {
                Ok(question) if Arc::ptr_eq(&question.verdict, &verdict) => (question.answer)(&resolve),
                Ok(question) => return Some(question),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
            }
        }
    })
}
