//! From the verdict on one state to the next by way of the texts that differ, without reading anything else again.

use super::{Inputs, Project, Verdict};
use crate::analysis::Leftover;
use crate::django::apps::looks_like_migration;
use crate::facts::facts;
use crate::references::reference::{CodeVersion, Reference};
use crate::server::documents::JudgedText;
use crate::server::shift::{Shift, difference};
use crate::syntax::source::decode_python;
use crate::syntax::{Dialect, parse};
use crate::workspace::base::How;
use std::sync::Arc;

/// More texts than these are rather read again with everything else.
const MOST_CHANGES: usize = 16;

/// A project after some of its texts have changed, with the texts.
pub(super) struct Followed {
    pub(super) project: Arc<Project>,
    pub(super) moved: Vec<Moved>,
}

pub(super) struct Moved {
    path: Arc<str>,
    shift: Shift,
}

/// From the previous state to this one by way of the texts that differ; `None` where more than these may.
pub(super) fn follow(previous: &Verdict, inputs: &Inputs) -> Option<Followed> {
    let before = &previous.inputs;
    if before.disk != inputs.disk || before.editor != inputs.editor {
        return None;
    }
    let mut changes: Vec<(Arc<str>, Arc<str>, Change<'_>)> = Vec::new();
    for (path, judged) in &inputs.unsaved {
        let old = match before.unsaved.get(path) {
            // It is open and no part of the project.
            Some(_) if previous.sources.working.file(path).is_none() => continue,
            Some(old) => Arc::clone(&old.text),
            None => Arc::clone(&previous.text(CodeVersion::Working, path)?.text),
        };
        if old != judged.text {
            changes.push((Arc::clone(path), old, Change::Document(judged)));
        }
    }
    for (path, judged) in before.unsaved.iter().filter(|(path, _)| !inputs.unsaved.contains_key(*path)) {
        let text = on_disk(inputs, path)?;
        if *text != *judged.text {
            changes.push((Arc::clone(path), Arc::clone(&judged.text), Change::Disk(text)));
        }
    }
    if changes.is_empty() {
        return Some(Followed { project: Arc::clone(&previous.project), moved: Vec::new() });
    }
    // On the main branch the first change makes all the difference: it is the change now, not what the last commit did.
    let is_clean = previous.analysis.base.as_ref().is_some_and(|base| base.how == How::FirstParent);
    if is_clean || changes.len() > MOST_CHANGES {
        return None;
    }
    let mut session = None;
    let mut moved = Vec::with_capacity(changes.len());
    for (path, old, change) in changes {
        let last = session.as_ref().unwrap_or(&previous.project.session);
        let (next, text) = match change {
            Change::Document(judged) => (last.with_text(&path, &judged.text, judged.facts())?, Arc::clone(&judged.text)),
            Change::Disk(text) => {
                let facts = Arc::new(facts(&parse(&text, dialect(&path)), &text));
                (last.with_text(&path, &text, &facts)?, text)
            }
        };
        session = Some(next);
        let (range, inserted) = difference(&old, &text);
        let mut shift = Shift::default();
        shift.replace(range.start, range.len(), inserted.len());
        moved.push(Moved { path, shift });
    }
    let Project { rules, team, configuration, is_guess, .. } = &*previous.project;
    let project = Project {
        session: session?,
        rules: Arc::clone(rules),
        team: Arc::clone(team),
        configuration: configuration.clone(),
        is_guess: *is_guess,
    };
    Some(Followed { project: Arc::new(project), moved })
}

enum Change<'a> {
    Document(&'a JudgedText),
    /// It was closed: the disk has the last word again.
    Disk(Arc<str>),
}

fn on_disk(inputs: &Inputs, path: &str) -> Option<Arc<str>> {
    let bytes = std::fs::read(inputs.root.join(path)).ok()?;
    Some(decode_python(&bytes).ok()?.into())
}

fn dialect(path: &str) -> Dialect {
    if looks_like_migration(path) { Dialect::Migration } else { Dialect::Module }
}

/// Gives what is gone the references that were found before, where they are now. Whether these are all.
pub(super) fn carry(previous: &Verdict, gone: Vec<Leftover>, moved: &[Moved], into: &mut Vec<Leftover>) -> bool {
    let is_complete = gone.is_empty() || (moved.is_empty() && previous.is_complete);
    for mut leftover in gone {
        if let Some(known) = previous.analysis.leftovers.iter().find(|it| it.target == leftover.target) {
            leftover.references = known.references.iter().filter_map(|reference| carried(reference, moved)).collect();
        }
        into.push(leftover);
    }
    is_complete
}

/// `None` for one that an edit touched.
fn carried(reference: &Reference, moved: &[Moved]) -> Option<Reference> {
    let span = match moved.iter().find(|it| it.path == reference.path) {
        Some(Moved { shift, .. }) => shift.forward(reference.span)?,
        None => reference.span,
    };
    Some(Reference { span, ..reference.clone() })
}
