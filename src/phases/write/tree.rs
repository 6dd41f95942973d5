//! The files of each phase: those of the deployed code, or of the working code, with the phase's models and migrations.

use super::{TextEdit, migration, models};
use crate::analysis::report::Cause;
use crate::django::state::ProjectState;
use crate::phases::assemble::Draft;
use crate::phases::ground::Ground;
use crate::phases::outline::Outline;
use crate::phases::plan::{FileChange, Phase, PlannedMigration};
use crate::phases::words;
use crate::references::reference::CodeVersion;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The phases of an outline, with their texts. An error says what can't be written.
pub(in crate::phases) fn write(outline: &Outline, ground: &Ground<'_>) -> Result<Vec<Phase>, String> {
    let drafts = &outline.drafts;
    let count = drafts.drafts.len();
    let new: BTreeSet<Arc<str>> = ground.analysis.migrations.iter().map(|it| Arc::clone(&it.path)).collect();
    let has_deployed = ground.analysis.base.is_some();
    let version = |number: usize| if number < drafts.code && has_deployed { CodeVersion::Deployed } else { CodeVersion::Working };
    let first = ground.deployed().map_or_else(|| Arc::clone(&ground.analysis.working_state), |it| it.state);
    let working: Arc<ProjectState> = ground
        .analysis
        .migrations
        .iter()
        .rev()
        .find_map(|it| it.operations.last())
        .map_or_else(|| Arc::clone(&first), |it| Arc::clone(&it.state_after));

    let mut trees: Vec<Tree> = Vec::with_capacity(count);
    let mut written: BTreeMap<Arc<str>, Arc<str>> = BTreeMap::new();
    for (number, (draft, state)) in drafts.drafts.iter().zip(&outline.states).enumerate() {
        let title = words::title(draft);
        for planned in &draft.migrations {
            let comment = format!("PR {} of {count}: {title}", number + 1);
            written.insert(Arc::clone(&planned.path), migration::text(planned, &comment, &ignored(outline, planned), ground)?.into());
        }
        let version = version(number);
        let (from, renames) = match version {
            CodeVersion::Deployed => (&first, BTreeMap::new()),
            CodeVersion::Working => (&working, renames(ground)),
        };
        let models = models::edited(ground, version, from, state, renames)?;
        trees.push(Tree { version, models, migrations: written.clone() });
    }

    let mut paths: BTreeSet<Arc<str>> = ground.sources.changed().into_iter().collect();
    paths.extend(new.iter().cloned());
    for tree in &trees {
        paths.extend(tree.models.keys().chain(tree.migrations.keys()).cloned());
    }
    let text = |number: usize, path: &Arc<str>| -> Option<Arc<str>> {
        let Some(tree) = number.checked_sub(1).and_then(|at| trees.get(at)) else {
            let deployed = if has_deployed { CodeVersion::Deployed } else { CodeVersion::Working };
            return ground.sources.text(deployed, path).filter(|_| !new.contains(path));
        };
        if let Some(text) = tree.migrations.get(path).or_else(|| tree.models.get(path)) {
            return Some(Arc::clone(text));
        }
        ground.sources.text(tree.version, path).filter(|_| !new.contains(path))
    };
    let phases = drafts.drafts.iter().zip(&outline.states).enumerate().map(|(at, (draft, state))| {
        let changes = paths.iter().map(|path| FileChange { path: Arc::clone(path), before: text(at, path), after: text(at + 1, path) });
        phase(at, draft, state, changes.filter(|it| it.before != it.after).collect(), at == drafts.code)
    });
    Ok(phases.collect())
}

/// The rules that would warn of what the plan rules out: somebody promised, and the promise stands in the PR.
fn ignored(outline: &Outline, planned: &PlannedMigration) -> Vec<&'static str> {
    let of_migration = outline.ruled_out.iter().filter(|it| it.migration == planned.key);
    let codes: BTreeSet<&'static str> = of_migration
        .filter_map(|it| match it.cause {
            Cause::Constraint => Some("PB109"),
            Cause::NotNull => Some("PB108"),
            Cause::Narrowed => Some("PB107"),
            Cause::UnknownRelation => Some("PB111"),
            Cause::RowsGone => Some("PB114"),
            _ => None,
        })
        .collect();
    codes.into_iter().collect()
}

/// Whether the working models can be edited to say `to` where they say `from`. They say what the change says in the `end`, which a
/// later operation may bring.
pub(in crate::phases) fn writable(ground: &Ground<'_>, from: &ProjectState, to: &ProjectState, end: &ProjectState) -> Result<(), String> {
    let mut from = from.clone();
    for (key, model) in &mut from.models {
        let (Some(to), Some(end)) = (to.get(key), end.get(key)) else { continue };
        if Arc::ptr_eq(model, to) {
            continue;
        }
        let model = Arc::make_mut(model);
        if to.options.db_table == end.options.db_table {
            model.options.db_table.clone_from(&end.options.db_table);
        }
        for field in &mut model.fields {
            let meant = to.field(&field.name).filter(|it| end.field(&field.name).is_some_and(|end| end.declared == it.declared));
            if let Some(meant) = meant {
                *field = Arc::clone(meant);
            }
        }
    }
    models::edited(ground, CodeVersion::Working, &from, to, BTreeMap::new()).map(|_| ())
}

/// What a phase has instead of a version's own files.
struct Tree {
    version: CodeVersion,
    models: BTreeMap<Arc<str>, Arc<str>>,
    migrations: BTreeMap<Arc<str>, Arc<str>>,
}

fn phase(at: usize, draft: &Draft, state: &Arc<ProjectState>, files: Vec<FileChange>, has_working_code: bool) -> Phase {
    let said = |of: fn(&crate::phases::chain::Deploy) -> Option<String>| {
        let mut out: Vec<String> = Vec::new();
        for text in draft.deploys.iter().filter_map(of).filter(|text| !text.is_empty()) {
            if !out.contains(&text) {
                out.push(text);
            }
        }
        out
    };
    let todo: BTreeSet<String> = draft.deploys.iter().flat_map(|deploy| deploy.todo.iter().cloned()).collect();
    let rollback = said(|deploy| deploy.rollback.clone());
    Phase {
        number: at + 1,
        title: words::title(draft),
        why: said(|deploy| Some(deploy.why.clone())),
        todo: todo.into_iter().collect(),
        waits: words::waits(at),
        rollback: if rollback.is_empty() { "the code before goes on as before".to_owned() } else { rollback.join("; ") },
        migrations: draft.migrations.clone(),
        state: Arc::clone(state),
        files,
        has_working_code,
    }
}

/// What of the working code still has the old name of something that the change renames.
fn renames(ground: &Ground<'_>) -> BTreeMap<Arc<str>, Vec<TextEdit>> {
    let mut edits: BTreeMap<Arc<str>, Vec<TextEdit>> = BTreeMap::new();
    let mut texts: BTreeMap<Arc<str>, Option<Arc<str>>> = BTreeMap::new();
    // What no operation renames is the author's to finish.
    for leftover in ground.analysis.leftovers.iter().filter(|it| it.operation.is_some()) {
        let Some(new) = &leftover.renamed_to else { continue };
        let old = leftover.target.field.as_ref().unwrap_or(&leftover.target.model);
        for reference in &leftover.references {
            let read = || ground.sources.text(CodeVersion::Working, &reference.path);
            let text = texts.entry(Arc::clone(&reference.path)).or_insert_with(read).as_ref();
            let is_it = text.and_then(|text| Some(text.get(reference.span.range())? == old.as_str())).unwrap_or(false);
            if is_it {
                edits.entry(Arc::clone(&reference.path)).or_default().push(TextEdit { span: reference.span, text: new.to_string() });
            }
        }
    }
    edits
}
