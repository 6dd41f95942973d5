//! What a plan says to people: titles, bodies of PRs, the checklist and the announcement.

use super::assemble::Draft;
use super::plan::{Alternative, Phase, Plan, Unplanned};
use crate::workspace::config::Settings;
use std::fmt::Write;

/// How the team deals with the PRs of a plan.
#[derive(Clone, Debug, Default)]
pub struct Team {
    /// Where a change is announced: `#deploys`.
    pub channel: Option<String>,
    /// How many people approve a PR; 0 where nobody counts them.
    pub approvals: u32,
}

impl Team {
    pub fn of(settings: &Settings) -> Self {
        Self { channel: settings.announcement_channel.clone(), approvals: settings.required_approvals.unwrap_or_default() }
    }

    fn approvals(&self) -> Option<String> {
        match self.approvals {
            0 => None,
            1 => Some("approved by one person".to_owned()),
            count => Some(format!("approved by {count} people")),
        }
    }
}

/// A PR's title.
pub(super) fn title(draft: &Draft) -> String {
    let titles: Vec<&str> = draft.deploys.iter().map(|deploy| deploy.title.as_str()).filter(|title| !title.is_empty()).collect();
    match titles.as_slice() {
        [] => "The change as it stands".to_owned(),
        [one] => (*one).to_owned(),
        [one, two] => format!("{one}; {two}"),
        [first, rest @ ..] => format!("{first}; and {} more", rest.len()),
    }
}

/// What has to be awaited before the deploy at place `at`.
pub(super) fn waits(at: usize) -> Vec<String> {
    if at == 0 {
        return Vec::new();
    }
    vec![
        format!(
            "PR {at} is live, and no process runs the code before it any more: old web dynos are gone (3 minutes after the release), workers and one-off dynos are restarted"
        ),
        format!("nobody means to roll back beyond PR {at}"),
    ]
}

impl Plan {
    /// The plan with its summary.
    pub(super) fn new(phases: Result<Vec<Phase>, Vec<Unplanned>>, alternatives: Vec<Alternative>) -> Self {
        let (phases, unplanned) = match phases {
            Ok(phases) => (phases, Vec::new()),
            Err(unplanned) => (Vec::new(), unplanned),
        };
        Self { summary: Self::summarize(&phases, unplanned.len()), phases, alternatives, unplanned }
    }

    /// One sentence.
    fn summarize(phases: &[Phase], unplanned: usize) -> String {
        match (phases, unplanned) {
            ([], 0) => "there is nothing to deploy: the working code has no migration that the deployed code lacks".to_owned(),
            ([], _) => "there is no plan for this change".to_owned(),
            ([one], _) if one.why.is_empty() => "the change is safe in one deploy, as it stands".to_owned(),
            ([_], _) => "the change is safe in one deploy, written like this".to_owned(),
            (phases, _) => format!("the change takes {} PRs, deployed one after the other", phases.len()),
        }
    }

    /// Markdown for the issue that the PRs belong to.
    pub fn checklist(&self, team: &Team) -> String {
        let mut out = String::new();
        if self.phases.len() > 1 {
            let channel = team.channel.as_ref().map_or_else(|| "where the team reads it".to_owned(), |channel| format!("in {channel}"));
            let _ = writeln!(out, "- [ ] announced {channel}, before the first PR is merged");
        }
        for phase in &self.phases {
            for wait in &phase.waits {
                let _ = writeln!(out, "- [ ] wait until {wait}");
            }
            let _ = writeln!(out, "- [ ] **PR {} of {}: {}**", phase.number, self.phases.len(), phase.title);
            for todo in &phase.todo {
                let _ = writeln!(out, "  - [ ] {todo}");
            }
            if let Some(approvals) = team.approvals() {
                let _ = writeln!(out, "  - [ ] {approvals}");
            }
            let _ = writeln!(out, "  - [ ] merged and deployed, and nothing else promoted with it");
        }
        out
    }

    /// What the team should know before the first of them is merged.
    pub fn announcement(&self, team: &Team) -> String {
        let to = team.channel.as_ref().map(|channel| format!("{channel}: ")).unwrap_or_default();
        let phases = match self.phases.as_slice() {
            [] => return String::new(),
            [one] => return format!("{to}Heads up: one PR with migrations is coming. {}.", one.title),
            phases => phases,
        };
        let mut out = format!(
            "{to}Heads up: a schema change is coming in {} PRs. Please merge and promote nothing else together with any of them.\n",
            phases.len()
        );
        for phase in phases {
            let _ = writeln!(out, "{}. {}", phase.number, phase.title);
        }
        if let Some(approvals) = team.approvals() {
            let _ = writeln!(out, "Each is to be {approvals} before it is merged.");
        }
        out
    }
}

impl Phase {
    /// Markdown for the PR.
    pub fn body(&self, count: usize, team: &Team) -> String {
        let mut out = String::new();
        if count > 1 {
            let _ = writeln!(out, "PR {} of {count}.", self.number);
        }
        if !self.why.is_empty() {
            out.push('\n');
        }
        for why in &self.why {
            let _ = writeln!(out, "- {}", sentence(why));
        }
        if !self.todo.is_empty() {
            out.push_str("\n### In the code\n");
            for todo in &self.todo {
                let _ = writeln!(out, "- [ ] {todo}");
            }
        }
        out.push_str("\n### Deploy\n");
        for (at, step) in self.deploy(team).iter().enumerate() {
            let _ = writeln!(out, "{}. {step}", at + 1);
        }
        let _ = writeln!(out, "\n### Rollback\n{}", sentence(&self.rollback));
        out.trim_start().to_owned()
    }

    /// What happens in order.
    pub fn deploy(&self, team: &Team) -> Vec<String> {
        let mut steps: Vec<String> = self.waits.iter().map(|wait| format!("Wait until {wait}.")).collect();
        if let Some(approvals) = team.approvals() {
            steps.push(format!("Have it {approvals}."));
        }
        steps.push("Merge and deploy it alone: nothing else is promoted with it.".to_owned());
        let names: Vec<String> = self.migrations.iter().map(|it| it.key.to_string()).collect();
        if !names.is_empty() {
            steps.push(format!("The release phase runs {}.", names.join(", ")));
        }
        steps
    }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
