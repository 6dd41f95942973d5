//! The owner thread: the one place where state changes.
//!
//! Each event is a panic boundary: it costs the request that it came with, which is answered with an internal error because its
//! `Reply` is dropped, and nothing else.

use super::event::Event;
use super::session::Session;
use crossbeam_channel::{Receiver, after, never, select, tick};
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// How often the owner looks whether the repository has moved. A look costs a handful of `stat`s.
const LOOK: Duration = Duration::from_secs(2);

/// How long nothing must change before what can wait is done.
const REST: Duration = Duration::from_millis(200);

/// Handles events until the other side of `served` is dropped. Jobs of the pool can send events for longer than there is a client.
pub(super) fn run(events: &Receiver<Event>, served: &Receiver<Infallible>, mut session: Session) {
    let looks = tick(LOOK);
    let (mut leisure, mut is_resting) = (never(), false);
    loop {
        match session.has_leisure_work() {
            true if !is_resting => (leisure, is_resting) = (after(REST), true),
            true => {}
            false => (leisure, is_resting) = (never(), false),
        }
        select! {
            recv(events) -> event => match event {
                Ok(event) => {
                    // Whoever only asks, however often, puts nothing off.
                    is_resting &= matches!(event, Event::Asked(_));
                    handle(&mut session, event);
                }
                Err(_) => return,
            },
            recv(served) -> _ => return,
            recv(looks) -> _ => {
                guarded(&mut session, Session::look);
            }
            recv(leisure) -> _ => {
                is_resting = false;
                guarded(&mut session, Session::use_leisure);
            }
        }
        // What follows from changes is done once for all that are waiting.
        if events.is_empty() {
            guarded(&mut session, Session::settle);
        }
    }
}

fn handle(session: &mut Session, event: Event) {
    let changed = match &event {
        Event::Changed(params) => Some(params.text_document.uri.clone()),
        _ => None,
    };
    let is_done = guarded(session, |session| session.handle(event));
    if let Some(uri) = changed.filter(|_| !is_done) {
        // Half a change is worse than none.
        guarded(session, |session| session.lose(&uri));
    }
}

/// Whether it came to its end.
fn guarded(session: &mut Session, act: impl FnOnce(&mut Session)) -> bool {
    let is_done = catch_unwind(AssertUnwindSafe(|| act(session))).is_ok();
    if !is_done {
        tracing::error!("an event failed; the server goes on");
    }
    is_done
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::event::Reply;
    use crate::server::outbox::outbox;
    use crate::workspace::variables::Variables;

    #[test]
    fn a_panic_costs_the_request_that_it_was_part_of() {
        let (events, inbox) = crossbeam_channel::unbounded();
        let (outbox, _letters) = outbox();
        let session = Session::new(events.clone(), outbox, Variables::default());
        let ask = |is_broken: bool| {
            let (reply, answer) = Reply::new();
            let request = Event::Asked(Box::new(move |_| {
                let reply: Reply<u32> = reply;
                assert!(!is_broken, "this request is broken, as the test wants it");
                reply.send(Ok(1));
            }));
            events.send(request).unwrap();
            answer
        };
        let (broken, sound) = (ask(true), ask(false));
        let (client, served) = crossbeam_channel::bounded(0);
        let owner = std::thread::spawn(move || run(&inbox, &served, session));
        assert!(broken.blocking_recv().is_err(), "it is dropped, which is answered as an internal error");
        assert_eq!(sound.blocking_recv().unwrap(), Ok(1));
        drop(client);
        owner.join().unwrap();
    }
}
