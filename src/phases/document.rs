//! A plan for programs: for scripts, and for editors.

use super::plan::{FileChange, Phase, Plan, Unplanned};
use super::words::Team;
use super::write::diff::unified;
use schemars::JsonSchema;
use serde::Serialize;

/// `plan --output-format json`, and `preboot/plan` of the server: a promise. Keys may be added, none is renamed.
#[derive(Serialize, JsonSchema)]
pub struct Document<'a> {
    summary: &'a str,
    phases: Vec<PhaseEntry<'a>>,
    alternatives: Vec<AlternativeEntry<'a>>,
    /// What has no plan, and why.
    unplanned: Vec<UnplannedEntry<'a>>,
    checklist: String,
    announcement: String,
}

#[derive(Serialize, JsonSchema)]
struct PhaseEntry<'a> {
    number: usize,
    title: &'a str,
    why: String,
    body: String,
    files: Vec<FileEntry<'a>>,
    /// In the order in which they run.
    migrations: Vec<String>,
    deploy: Vec<String>,
    rollback: &'a str,
    /// The working code goes live in it.
    working_code: bool,
    checked: bool,
}

#[derive(Serialize, JsonSchema)]
struct FileEntry<'a> {
    path: &'a str,
    action: &'static str,
    diff: String,
}

#[derive(Serialize, JsonSchema)]
struct AlternativeEntry<'a> {
    title: &'a str,
    why: &'a str,
    phases: Vec<PhaseEntry<'a>>,
}

#[derive(Serialize, JsonSchema)]
struct UnplannedEntry<'a> {
    what: &'a str,
    why: &'a str,
}

/// All of a plan but the texts of its files, which are told as differences.
pub fn document<'a>(plan: &'a Plan, team: &Team) -> Document<'a> {
    Document {
        summary: &plan.summary,
        phases: entries(&plan.phases, team),
        alternatives: plan
            .alternatives
            .iter()
            .map(|it| AlternativeEntry { title: &it.title, why: &it.why, phases: entries(&it.plan.phases, team) })
            .collect(),
        unplanned: plan.unplanned.iter().map(|Unplanned { what, why }| UnplannedEntry { what, why }).collect(),
        checklist: plan.checklist(team),
        announcement: plan.announcement(team),
    }
}

fn entries<'a>(phases: &'a [Phase], team: &Team) -> Vec<PhaseEntry<'a>> {
    let entries = phases.iter().map(|phase| PhaseEntry {
        number: phase.number,
        title: &phase.title,
        why: phase.why.join("; "),
        body: phase.body(phases.len(), team),
        files: phase.files.iter().map(file).collect(),
        migrations: phase.migrations.iter().map(|it| it.key.to_string()).collect(),
        deploy: phase.deploy(team),
        rollback: &phase.rollback,
        working_code: phase.has_working_code,
        // A plan that doesn't check is not made.
        checked: true,
    });
    entries.collect()
}

fn file(change: &FileChange) -> FileEntry<'_> {
    let action = match (&change.before, &change.after) {
        (None, _) => "create",
        (_, None) => "delete",
        _ => "edit",
    };
    FileEntry { path: &change.path, action, diff: unified(&change.path, change.before.as_deref(), change.after.as_deref()) }
}
