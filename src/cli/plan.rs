//! `preboot plan`: the phased PRs for the current change.

use super::Answer;
use super::arguments::PlanArguments;
use super::project::Setup;
use super::render::{PlanFormat, Style, plan};
use crate::analysis::open::Opened;
use crate::analysis::session::Session;
use crate::phases::ground::Ground;
use crate::phases::plan::Plan;
use crate::phases::planner;
use crate::workspace::config::Settings;
use anyhow::bail;

pub(super) fn run(arguments: &PlanArguments, style: Style) -> anyhow::Result<Answer> {
    let setup = Setup::new(&arguments.project, Settings::default())?;
    let Opened { request, sources } = setup.open(&arguments.project, &[], false)?;
    let session = Session::open(request)?;
    let mut analysis = session.judge();
    analysis.leftovers = session.leftovers(&analysis);
    analysis.deployed_sql = session.deployed_sql(&analysis);
    let ground = Ground { analysis: &analysis, working: session.working(), sources: &sources };
    let planned = chosen(planner::plan(&ground), arguments.alternative)?;
    let team = setup.team();
    let text = match arguments.output_format {
        PlanFormat::Full => plan::full(&planned, &team, style),
        PlanFormat::Markdown => plan::markdown(&planned, &team),
        PlanFormat::Json => plan::json(&planned, &team),
    };
    Ok(Answer::ok(text))
}

/// The plan, or the one of its alternatives that the user asks for, counted from 1.
pub(super) fn chosen(mut plan: Plan, alternative: Option<usize>) -> anyhow::Result<Plan> {
    let Some(number) = alternative else { return Ok(plan) };
    let count = plan.alternatives.len();
    match number.checked_sub(1).filter(|at| *at < count) {
        Some(at) => Ok(plan.alternatives.swap_remove(at).plan),
        None if count == 0 => bail!("the plan has no alternative"),
        None => bail!("there is no alternative {number}: the plan has {count}"),
    }
}
