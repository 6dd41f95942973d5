//! A line on a terminal that says that a long command is still at work, and is gone when it ends.

use std::io::{IsTerminal, Write};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// What takes less shows nothing.
const PATIENCE: Duration = Duration::from_millis(700);
const FRAME: Duration = Duration::from_millis(100);
/// How many cells the bar has, and how many of them move.
const CELLS: usize = 16;
const MOVING: usize = 4;

/// Shows it until it is dropped.
pub(super) struct Progress(Option<(Sender<()>, JoinHandle<()>)>);

impl Progress {
    /// stderr is what it is shown on: only where that is a terminal, and not where `is_quiet`.
    pub(super) fn start(what: &'static str, is_quiet: bool) -> Self {
        if is_quiet || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let (end, ended) = channel::<()>();
        let thread = std::thread::spawn(move || {
            let start = Instant::now();
            let mut wait = PATIENCE;
            while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = FRAME;
                show(&line(what, start.elapsed()));
            }
            if wait == FRAME {
                show("");
            }
        });
        Self(Some((end, thread)))
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.0.take() {
            drop(end);
            // It has nothing that could panic; if it did, the answer is still to be printed.
            let _ = thread.join();
        }
    }
}

/// Writes over the line that is there. Nobody who watches minds what can't be written.
fn show(text: &str) {
    let mut stderr = std::io::stderr().lock();
    let _ = write!(stderr, "\r\x1b[K{text}");
    let _ = stderr.flush();
}

/// How far the work is can't be known: the bar runs to and fro.
fn line(what: &str, elapsed: Duration) -> String {
    let span = CELLS - MOVING;
    let step = usize::try_from(elapsed.as_millis() / FRAME.as_millis()).unwrap_or_default() % (2 * span);
    let at = if step < span { step } else { 2 * span - step };
    let bar: String = (0..CELLS).map(|cell| if (at..at + MOVING).contains(&cell) { '█' } else { '░' }).collect();
    format!("{bar} {what} {} s", elapsed.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_runs_to_and_fro() {
        assert_eq!(line("checking", Duration::ZERO), "████░░░░░░░░░░░░ checking 0 s");
        assert_eq!(line("checking", Duration::from_millis(1200)), "░░░░░░░░░░░░████ checking 1 s");
        assert_eq!(line("checking", Duration::from_millis(2400)), "████░░░░░░░░░░░░ checking 2 s");
    }
}
