//! From the change to a plan.

use super::assemble::assemble;
use super::chain::Chain;
use super::ground::Ground;
use super::outline::Outline;
use super::plan::{Phase, Plan, PlannedMigration, Unplanned};
use super::settle::{Chains, choose_all, deployments, origin, phases, repaired, written};
use super::wish::{wish, wishes};
use super::write::write;
use super::{alternatives, recipe};
use crate::analysis::Analysis;
use crate::analysis::history::History;
use crate::analysis::judge::run;
use crate::analysis::report::{Certainty, OperationRef};
use crate::analysis::setting::Setting;
use crate::django::apply::StateContext;
use crate::django::graph::MigrationKey;
use std::sync::Arc;

/// How many deploys the first recipe for an operation takes; 0 where there is none, or where it is safe as it stands. Nothing is
/// checked and nothing written: this costs no more than to look at the operation.
pub fn length(analysis: &Analysis, at: &OperationRef) -> u32 {
    let Some((migration, run)) = analysis.step(at) else { return 0 };
    let setting = Setting {
        vendor: analysis.vendor.clone(),
        django: analysis.django,
        deploy_order: analysis.deploy_order,
        // Recipes look at models by the keys that the state has for them already.
        state: StateContext::default(),
    };
    let wish = wish(analysis, &migration.app, run, &setting);
    if !wish.is_unsafe {
        return 0;
    }
    recipe::chains(&wish).first().map_or(0, |chain| chain.deploys.len() as u32)
}

/// The plan of the change, with what a person may prefer to it.
pub fn plan(ground: &Ground<'_>) -> Plan {
    planned(ground, true)
}

/// The plan without the choices: for who has made theirs.
pub fn first_choice(ground: &Ground<'_>) -> Plan {
    planned(ground, false)
}

fn planned(ground: &Ground<'_>, has_choices: bool) -> Plan {
    let setting = ground.setting();
    let wishes = wishes(ground.analysis, &setting);
    let Some(before) = ground.deployed() else { return Plan::new(ends(ground, &setting), Vec::new()) };
    let mut alternatives = if has_choices { alternatives::renames(ground, &before, &wishes, &setting) } else { Vec::new() };
    let planned = choose_all(ground, &wishes, &setting).and_then(|chains| {
        let (chains, outline) = repaired(ground, &before, &wishes, chains, &setting)?;
        let phases = written(&outline, ground)?;
        if has_choices {
            alternatives.extend(alternatives::others(ground, &before, &wishes, &chains, &setting));
        }
        Ok(phases)
    });
    Plan::new(planned.map_err(|unplanned| own_fault(ground).map_or(unplanned, |it| vec![it])), alternatives)
}

/// Where the working code fails on the very schema that it asks for, no order of deploys helps.
fn own_fault(ground: &Ground<'_>) -> Option<Unplanned> {
    let change = ground.analysis.change.as_ref()?;
    let it = change.new_on_new.iter().find(|it| it.certainty == Certainty::Always)?;
    let what = it
        .operation
        .as_ref()
        .map_or_else(|| "the change as a whole".to_owned(), |at| format!("`{}` in {}.{}", at.class, at.app, at.migration));
    Some(Unplanned {
        what,
        why: format!("the working code itself fails on the schema that it asks for ({}: {}): mend that first", it.model, it.why),
    })
}

/// The change in one deploy as it is, but for one operation, which holds its table for the shortest time that there is a way for.
pub fn without_long_lock(ground: &Ground<'_>, at: &OperationRef) -> Option<Phase> {
    let setting = ground.setting();
    let before = ground.deployed()?;
    let chains: Option<Chains> = wishes(ground.analysis, &setting)
        .iter()
        .map(|wish| {
            let chain = if wish.at == *at { recipe::lock_free(wish)? } else { recipe::kept(wish)? };
            Some((origin(wish), chain))
        })
        .collect();
    let drafts = assemble(&chains?, ground.analysis, ground.working, false);
    let mut history = before;
    let mut states = Vec::new();
    for deployment in deployments(&drafts) {
        let migrations: Vec<_> = deployment.migrations.iter().map(PlannedMigration::simulated).collect();
        history = run(&history, &migrations, &setting).into_history().0;
        states.push(Arc::clone(&history.state));
    }
    write(&Outline { drafts, states, ruled_out: Vec::new() }, ground).ok()?.into_iter().next()
}

/// What earlier changes left for a later one: planned where there is nothing else to deploy.
fn ends(ground: &Ground<'_>, setting: &Setting) -> Result<Vec<Phase>, Vec<Unplanned>> {
    if ground.analysis.due.is_empty() {
        return Ok(Vec::new());
    }
    let before = History { state: Arc::clone(&ground.analysis.working_state), schema: Arc::clone(&ground.analysis.schema_before) };
    let chains: Vec<(MigrationKey, Chain)> =
        ground.analysis.due.iter().map(|due| (due.migration.clone(), recipe::due::chain(due))).collect();
    phases(ground, &before, &chains, setting)
}
