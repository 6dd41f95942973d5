//! A plan: for a terminal, as Markdown, and for scripts.

use super::escape::escape;
use super::pretty;
use super::terminal::Style;
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

/// Text for a terminal, with the diffs of the plan itself.
pub(in crate::cli) fn full(plan: &Plan, team: &Team, style: Style) -> String {
    let mut out = line(&capital(&plan.summary), style, Weight::Heading);
    phases(&mut out, &plan.phases, team, style);
    for Unplanned { what, why } in &plan.unplanned {
        let _ = write!(out, "\n{}", lines(&format!("no plan for {what}: {why}")));
    }
    if !plan.alternatives.is_empty() {
        let _ = write!(out, "\n{}", line("Other ways, checked alike:", style, Weight::Heading));
        ways(plan).iter().for_each(|way| out.push_str(&lines(&format!("  {way}"))));
        out.push_str("`preboot plan --alternative 1` shows the first of them, `preboot split --alternative 1` writes it.\n");
    }
    if plan.phases.len() > 1 {
        let _ = write!(out, "\n{}", line("Checklist for the issue that the PRs belong to:", style, Weight::Heading));
        plan.checklist(team).lines().for_each(|line| out.push_str(&lines(&format!("  {line}"))));
        let _ = write!(out, "\n{}", line("Announcement:", style, Weight::Heading));
        plan.announcement(team).lines().for_each(|line| out.push_str(&lines(&format!("  {line}"))));
    }
    out
}

/// A line for each alternative, counted from 1.
fn ways(plan: &Plan) -> Vec<String> {
    let ways = plan.alternatives.iter().enumerate().map(|(at, Alternative { title, why, plan })| {
        let count = plan.phases.len();
        format!("{}. {title}, in {count} PR{} ({why})", at + 1, if count == 1 { "" } else { "s" })
    });
    ways.collect()
}

fn phases(out: &mut String, phases: &[Phase], team: &Team, style: Style) {
    for phase in phases {
        let title = format!("PR {} of {}: {}", phase.number, phases.len(), phase.title);
        let _ = write!(out, "\n{}", line(&title, style, Weight::Heading));
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
            let mut is_heading = true;
            for text in diff(change).lines() {
                is_heading &= !text.starts_with("@@");
                out.push_str(&line(text, style, if is_heading { Weight::Heading } else { Weight::of(text) }));
            }
        }
    }
}

/// How a line is to be seen where there is colour: as `git diff` shows it.
#[derive(Clone, Copy)]
enum Weight {
    Heading,
    Place,
    Added,
    Removed,
    Plain,
}

impl Weight {
    /// Of a line of a hunk.
    fn of(text: &str) -> Self {
        match text.as_bytes() {
            [b'@', ..] => Self::Place,
            [b'+', ..] => Self::Added,
            [b'-', ..] => Self::Removed,
            _ => Self::Plain,
        }
    }

    /// The number of an ANSI attribute; `None` leaves a line as it is.
    fn attribute(self) -> Option<u8> {
        match self {
            Self::Heading => Some(1),
            Self::Place => Some(36),
            Self::Added => Some(32),
            Self::Removed => Some(31),
            Self::Plain => None,
        }
    }
}

fn line(text: &str, style: Style, weight: Weight) -> String {
    match weight.attribute().filter(|_| style == Style::Colored) {
        Some(attribute) => format!("\x1b[{attribute}m{}\x1b[0m\n", lines(text).trim_end_matches('\n')),
        None => lines(text),
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
    if !plan.alternatives.is_empty() {
        let _ = write!(out, "\n## Other ways, checked alike\n\n{}\n", ways(plan).join("\n"));
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
