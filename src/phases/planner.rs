//! From the change to a plan.

use super::alternatives;
use super::assemble::{Drafts, assemble};
use super::chain::Chain;
use super::checker::{Deployment, Wanted, check};
use super::plan::{Phase, Plan, Unplanned};
use super::recipe;
use super::wish::{Wish, wishes};
use super::write::write;
use crate::analysis::Analysis;
use crate::analysis::history::History;
use crate::analysis::judge::Setting;
use crate::analysis::project::Project;
use crate::analysis::sources::Sources;
use crate::django::apply::StateContext;
use crate::django::graph::MigrationKey;
use crate::django::state::ProjectState;
use std::sync::Arc;

/// What is planned on: a judged change, and the texts of both versions.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    pub analysis: &'a Analysis,
    pub working: &'a Project,
    pub sources: &'a dyn Sources,
}

/// The drafts of a change, checked, with the state after each of them.
#[derive(Clone, Debug)]
pub(super) struct Outline {
    pub(super) drafts: Drafts,
    pub(super) states: Vec<Arc<ProjectState>>,
}

impl Ground<'_> {
    pub(super) fn setting(&self) -> Setting {
        Setting {
            vendor: self.analysis.vendor.clone(),
            django: self.analysis.django,
            deploy_order: self.analysis.deploy_order,
            state: StateContext { user_model: self.working.user_model() },
        }
    }

    /// The deployed point of history.
    pub(super) fn deployed(&self) -> Option<History> {
        let first = self.analysis.migrations.iter().flat_map(|it| &it.operations).next()?;
        Some(History { state: Arc::clone(&first.state_before), schema: Arc::clone(&self.analysis.schema_before) })
    }
}

/// The plan of the change, with what a person may prefer to it.
pub fn plan(ground: &Ground<'_>) -> Plan {
    let setting = ground.setting();
    let wishes = wishes(ground.analysis, &setting);
    let Some(before) = ground.deployed() else { return Plan::new(Ok(Vec::new()), Vec::new()) };
    let chosen = choose_all(ground, &wishes, &setting);
    let mut alternatives = alternatives::renames(ground, &before, &wishes, &setting);
    let phases = chosen.and_then(|chains| {
        let phases = phases(ground, &before, &chains, &setting)?;
        alternatives.extend(alternatives::others(ground, &before, &wishes, &chains, &setting));
        Ok(phases)
    });
    Plan::new(phases, alternatives)
}

/// The phases of chains that hold together.
pub(super) fn phases(
    ground: &Ground<'_>,
    before: &History,
    chains: &[(MigrationKey, Chain)],
    setting: &Setting,
) -> Result<Vec<Phase>, Vec<Unplanned>> {
    let outline = settle(ground, before, chains, setting)?;
    write(&outline, ground).map_err(|why| vec![Unplanned { what: "the text of the plan".to_owned(), why }])
}

/// One chain for each wish; or what has none, and why.
pub(super) fn choose_all(
    ground: &Ground<'_>,
    wishes: &[Wish<'_>],
    setting: &Setting,
) -> Result<Vec<(MigrationKey, Chain)>, Vec<Unplanned>> {
    let mut chains = Vec::new();
    let mut unplanned = Vec::new();
    for wish in wishes {
        match choose(ground, wish, setting) {
            Ok(chain) => chains.push((origin(wish), chain)),
            Err(why) => unplanned.push(Unplanned { what: what(wish), why }),
        }
    }
    if unplanned.is_empty() { Ok(chains) } else { Err(unplanned) }
}

/// Lays the chains side by side and checks the whole.
fn settle(ground: &Ground<'_>, before: &History, chains: &[(MigrationKey, Chain)], setting: &Setting) -> Result<Outline, Vec<Unplanned>> {
    let drafts = assemble(chains, ground.analysis, ground.working);
    let wanted = Wanted {
        schema: &ground.analysis.schema_after,
        models: &ground.analysis.working,
        accepts: chains.iter().flat_map(|(_, chain)| chain.accepts.iter().cloned()).collect(),
    };
    match check(before, &ground.analysis.deployed, &deployments(&drafts), Some(&wanted), setting) {
        Ok(states) => Ok(Outline { drafts, states }),
        Err(why) => Err(vec![Unplanned { what: "the change as a whole".to_owned(), why }]),
    }
}

fn deployments(drafts: &Drafts) -> Vec<Deployment<'_>> {
    let of_draft = drafts.drafts.iter().map(|draft| Deployment {
        migrations: &draft.migrations,
        promises: draft.deploys.iter().flat_map(|deploy| deploy.promises.iter().cloned()).collect(),
    });
    of_draft.collect()
}

/// The first chain that holds for the wish alone.
fn choose(ground: &Ground<'_>, wish: &Wish<'_>, setting: &Setting) -> Result<Chain, String> {
    let mut chains = recipe::chains(wish);
    // What is kept as it stands is checked with the whole.
    if !wish.is_unsafe {
        return chains.drain(..).next().ok_or_else(|| "it has no operation of its own".to_owned());
    }
    let before = History { state: Arc::clone(&wish.before), schema: Arc::clone(&wish.schema_before) };
    let mut reason = recipe::refusal(wish);
    for chain in chains {
        let alone = [(origin(wish), chain)];
        let drafts = assemble(&alone, ground.analysis, ground.working);
        match check(&before, &ground.analysis.deployed, &deployments(&drafts), None, setting) {
            Ok(_) => {
                let [(_, chain)] = alone;
                return Ok(chain);
            }
            Err(why) => reason = format!("the way that is known for it doesn't hold here: {why}"),
        }
    }
    Err(reason)
}

pub(super) fn origin(wish: &Wish<'_>) -> MigrationKey {
    MigrationKey { app: wish.at.app.clone(), name: wish.at.migration.clone() }
}

/// `RemoveField of shop.0002_x`
fn what(wish: &Wish<'_>) -> String {
    let subject = match (&wish.at.model, &wish.at.field) {
        (Some(model), Some(field)) => format!(" of {}.{field}", wish.label(model)),
        (Some(model), None) => format!(" of {}", wish.label(model)),
        _ => String::new(),
    };
    format!("`{}`{subject} in {}", wish.at.class, origin(wish))
}
