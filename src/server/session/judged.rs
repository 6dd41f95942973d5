//! Putting the pool to work, and taking in what it has found.

use super::Session;
use crate::django::apps::looks_like_migration;
use crate::server::event::Event;
use crate::server::folder::{Folder, FolderId};
use crate::server::outbox::Outbox;
use crate::server::publish::Published;
use crate::server::verdict::{Failure, Outcome, Verdict, judge_alone};
use crate::server::view::Snapshot;
use std::sync::Arc;
use std::thread;
use tower_lsp::ls_types::MessageType;

impl Session {
    /// A migration that is opened before its folder was read tells at once what it can: on a thread of its own, because the pool has
    /// enough to do.
    pub(super) fn judge_alone(&self, id: FolderId, path: Arc<str>) {
        let folder = self.folder(id).filter(|folder| folder.verdict().is_none() && looks_like_migration(&path));
        let Some(inputs) = folder.map(|folder| self.inputs(folder)) else { return };
        let events = self.events.clone();
        // Without a thread there is a verdict all the same, a little later.
        let _ = thread::Builder::new().name("alone".to_owned()).spawn(move || {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread().build().ok()?;
            let verdict = Box::new(pool.install(|| judge_alone(&inputs, &path))?);
            events.send(Event::JudgedAlone { folder: id, path, verdict }).ok()
        });
    }

    pub(super) fn judged_alone(&mut self, id: FolderId, path: &Arc<str>, verdict: &Verdict) {
        if self.folder(id).is_some_and(|folder| folder.verdict().is_none()) {
            self.publish(id, |published, snapshot, outbox| published.alone(path, snapshot, verdict, outbox));
            self.answer_early(id, path, verdict);
        }
    }

    pub(super) fn judged(&mut self, id: FolderId, generation: u64, outcome: &Outcome) {
        self.abandoned.retain(|folder| *folder != id);
        if matches!(outcome, Err(Failure::Abandoned)) {
            self.abandoned.push(id);
        } else {
            self.progress.retain(|(folder, _)| *folder != id);
        }
        // The folder may have been closed meanwhile.
        let Some(folder) = self.folder_mut(id) else { return };
        let (requests, is_news) = folder.finished(generation, outcome);
        if is_news && let Ok(verdict) = outcome {
            self.publish(id, |published, snapshot, outbox| published.everything(snapshot, verdict, outbox));
            self.resolver.follow(verdict);
        }
        // A state that can't be judged has a status too: none.
        let is_over = is_news || matches!(outcome, Err(Failure::Refused(_) | Failure::Panicked));
        if is_over && self.abilities.hears_of_verdicts {
            let root = self.folder(id).and_then(|folder| folder.root.folder_uri()).map(|uri| uri.to_string());
            self.outbox.judged(root);
        }
        self.stop_waiting_for_a_part(id);
        match outcome {
            Ok(verdict) => {
                self.complaint = None;
                self.log_notes(verdict);
            }
            Err(Failure::Refused(why)) => self.complain(why),
            Err(Failure::Panicked) => self.outbox.log(MessageType::ERROR, "preboot: the analysis failed; see the log on stderr"),
            Err(Failure::Abandoned) => {}
        }
        for request in requests {
            // An event each: one that panics costs itself alone.
            let verdict = outcome.as_ref().ok().cloned();
            let _ = self.events.send(Event::Asked(Box::new(move |_| request(verdict.as_ref()))));
        }
    }

    fn publish(&mut self, id: FolderId, publish: impl FnOnce(&mut Published, &Snapshot, &Outbox)) {
        let Some(snapshot) = self.folder(id).map(|folder| self.snapshot(folder)) else { return };
        let outbox = self.outbox.clone();
        let Some(folder) = self.folder_mut(id) else { return };
        publish(&mut folder.published, &snapshot, &outbox);
        if folder.published.take_stale() {
            if snapshot.abilities.pulls_diagnostics {
                outbox.refresh_diagnostics();
            }
            if snapshot.abilities.refreshes_lenses {
                outbox.refresh_lenses();
            }
        }
    }

    fn log_notes(&self, verdict: &Verdict) {
        for note in &verdict.analysis.notes {
            tracing::info!(path = note.path.as_deref(), "{}", note.message);
        }
    }

    fn complain(&mut self, why: &str) {
        if self.complaint.as_deref() != Some(why) {
            self.outbox.show(MessageType::ERROR, format!("preboot: {why}"));
            self.complaint = Some(why.to_owned());
        }
    }

    /// Everything that follows from what has happened: called when no event is waiting.
    pub(in crate::server) fn settle(&mut self) {
        if !self.is_initialized {
            return;
        }
        let ids: Vec<FolderId> = self.folders.iter().map(|folder| folder.id).collect();
        for id in ids {
            if let Some(verdict) = self.folder(id).and_then(Folder::verdict).cloned() {
                self.publish(id, |published, snapshot, outbox| published.buffers(snapshot, &verdict, outbox));
            }
            let (events, is_second) = (self.events.clone(), self.abandoned.contains(&id));
            let Some((folder, inputs)) = self.folder_and_inputs(id) else { continue };
            if folder.is_at_leisure && folder.can_be_completed() {
                folder.complete(&events);
            }
            if folder.start(inputs, &events, is_second) && self.abilities.progress {
                let name = self.folder(id).map(|folder| folder.root.name()).unwrap_or_default();
                self.progress.push((id, self.outbox.progress(format!("preboot: reading {name}"))));
            }
        }
    }

    /// Whether there is something to do when nothing happens for a while.
    pub(in crate::server) fn has_leisure_work(&self) -> bool {
        self.documents.are_behind() || self.folders.iter().any(Folder::can_be_completed)
    }

    /// Nothing has happened for a while: the texts that only seemed to say the same are judged, and references are looked for.
    pub(in crate::server) fn use_leisure(&mut self) {
        self.catch_up();
        for folder in &mut self.folders {
            folder.is_at_leisure = true;
        }
    }

    /// Has the present texts judged.
    pub(super) fn catch_up(&mut self) {
        for id in self.documents.catch_up() {
            self.folder_changed(Some(id));
        }
    }

    /// Something has happened.
    pub(in crate::server) fn end_leisure(&mut self) {
        for folder in &mut self.folders {
            folder.is_at_leisure = false;
        }
    }
}
