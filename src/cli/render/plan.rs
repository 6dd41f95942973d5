//! A plan: for a terminal, as Markdown, and for scripts.

use super::escape::escape;
use super::pretty;
use crate::phases::document::document;
use crate::phases::plan::{Alternative, FileChange, Phase, Plan, Unplanned};
use crate::phases::words::Team;
use crate::phases::write::diff::unified;
use std::fmt::Write;

pub(in crate::cli) fn json(plan: &Plan, team: &Team) -> String {
    pretty(&document(plan, team))
}

fn diff(change: &FileChange) -> String {
    unified(&change.path, change.before.as_deref(), change.after.as_deref())
}

/// Plain text, with the diffs.
pub(in crate::cli) fn full(plan: &Plan, team: &Team) -> String {
    let mut out = lines(&capital(&plan.summary));
    phases(&mut out, &plan.phases, team);
    for Unplanned { what, why } in &plan.unplanned {
        let _ = write!(out, "\n{}", lines(&format!("no plan for {what}: {why}")));
    }
    for Alternative { title, why, plan } in &plan.alternatives {
        let _ = write!(out, "\n{}", lines(&format!("Alternative: {title} ({why})")));
        phases(&mut out, &plan.phases, team);
    }
    if plan.phases.len() > 1 {
        out.push_str("\nChecklist for the issue that the PRs belong to:\n");
        plan.checklist(team).lines().for_each(|line| out.push_str(&lines(&format!("  {line}"))));
        out.push_str("\nAnnouncement:\n");
        plan.announcement(team).lines().for_each(|line| out.push_str(&lines(&format!("  {line}"))));
    }
    out
}

fn phases(out: &mut String, phases: &[Phase], team: &Team) {
    for phase in phases {
        let _ = write!(out, "\n{}", lines(&format!("PR {} of {}: {}", phase.number, phases.len(), phase.title)));
        for text in &phase.why {
            out.push_str(&lines(&format!("  {text}")));
        }
        for text in &phase.todo {
            out.push_str(&lines(&format!("  [ ] {text}")));
        }
        for (at, step) in phase.deploy(team).iter().enumerate() {
            out.push_str(&lines(&format!("  {}. {step}", at + 1)));
        }
        out.push_str(&lines(&format!("  rollback: {}", phase.rollback)));
        for change in &phase.files {
            out.push('\n');
            diff(change).lines().for_each(|line| out.push_str(&lines(line)));
        }
    }
}

/// A phase as a file for `git apply`.
pub(in crate::cli) fn patch(phase: &Phase, count: usize, team: &Team) -> String {
    let mut out = format!("Subject: [PATCH {}/{count}] {}\n\n{}\n---\n", phase.number, phase.title, phase.body(count, team));
    phase.files.iter().for_each(|change| out.push_str(&diff(change)));
    out
}

/// What `split` made, or would make.
pub(in crate::cli) fn listed(plan: &Plan, names: &[String], dry_run: bool) -> String {
    let mut out = lines(&format!("{}{}", capital(&plan.summary), if dry_run { "; nothing is written" } else { "" }));
    for (phase, name) in plan.phases.iter().zip(names) {
        out.push_str(&lines(&format!("{name}: {}", phase.title)));
        phase.files.iter().for_each(|change| out.push_str(&lines(&format!("  {}", change.path))));
    }
    out
}

/// A line, safe for a terminal.
fn lines(text: &str) -> String {
    // Tabs are the author's own, in a diff.
    let parts: Vec<_> = text.split('\t').map(escape).collect();
    format!("{}\n", parts.join("\t"))
}

pub(in crate::cli) fn markdown(plan: &Plan, team: &Team) -> String {
    let mut out = format!("{}.\n", capital(&plan.summary));
    sections(&mut out, &plan.phases, team);
    for Unplanned { what, why } in &plan.unplanned {
        let _ = write!(out, "\n- no plan for {what}: {why}\n");
    }
    for Alternative { title, why, plan } in &plan.alternatives {
        let _ = write!(out, "\n## Alternative: {title}\n\n{}.\n", capital(why));
        sections(&mut out, &plan.phases, team);
    }
    if plan.phases.len() > 1 {
        let _ = write!(out, "\n## Checklist\n\n{}\n## Announcement\n\n{}", plan.checklist(team), plan.announcement(team));
    }
    out
}

fn sections(out: &mut String, phases: &[Phase], team: &Team) {
    for phase in phases {
        let _ = write!(out, "\n## PR {} of {}: {}\n\n{}", phase.number, phases.len(), phase.title, phase.body(phases.len(), team));
        for change in &phase.files {
            let diff = diff(change);
            let fence = if diff.contains("```") { "````" } else { "```" };
            let _ = write!(out, "\n{fence}diff\n{diff}{fence}\n");
        }
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}
