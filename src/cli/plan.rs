//! `preboot plan`: the phased PRs for the current change.

use super::Answer;
use super::arguments::PlanArguments;
use super::project::Setup;
use super::render::{PlanFormat, plan};
use crate::analysis::open::Opened;
use crate::analysis::session::Session;
use crate::phases::ground::Ground;
use crate::phases::planner;
use crate::workspace::config::Settings;

pub(super) fn run(arguments: &PlanArguments) -> anyhow::Result<Answer> {
    let setup = Setup::new(&arguments.project, Settings::default())?;
    let Opened { request, sources } = setup.open(&arguments.project, &[], false)?;
    let session = Session::open(request)?;
    let mut analysis = session.judge();
    analysis.leftovers = session.leftovers(&analysis);
    analysis.deployed_sql = session.deployed_sql(&analysis);
    let ground = Ground { analysis: &analysis, working: session.working(), sources: &sources };
    let planned = planner::plan(&ground);
    let team = setup.team();
    let text = match arguments.output_format {
        PlanFormat::Full => plan::full(&planned, &team),
        PlanFormat::Markdown => plan::markdown(&planned, &team),
        PlanFormat::Json => plan::json(&planned, &team),
    };
    Ok(Answer::ok(text))
}
