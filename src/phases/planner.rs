//! From the change to a plan.

use super::alternatives;
use super::assemble::{Drafts, assemble};
use super::chain::{Accepted, Chain, Planned};
use super::checker::{Checked, Deployment, Failure, RuledOut, Wanted, check};
use super::plan::{Phase, Plan, PlannedMigration, Unplanned};
use super::recipe;
use super::wish::{Wish, wish, wishes};
use super::write::{writable, write};
use crate::analysis::Analysis;
use crate::analysis::blame::BreakKey;
use crate::analysis::history::History;
use crate::analysis::judge::run;
use crate::analysis::project::Project;
use crate::analysis::report::{Break, Certainty, OperationRef};
use crate::analysis::sequence::Sequence;
use crate::analysis::setting::Setting;
use crate::analysis::sources::Sources;
use crate::django::apply::StateContext;
use crate::django::field::{Field, ModelKey};
use crate::django::graph::MigrationKey;
use crate::django::models::Models;
use crate::django::operation::OperationKind;
use crate::django::state::ProjectState;
use crate::syntax::ast::Name;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One chain for each wish, with the migration that the wish comes from.
pub(super) type Chains = Vec<(MigrationKey, Chain)>;

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
    pub(super) ruled_out: Vec<RuledOut>,
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

/// The phases of chains that hold together.
pub(super) fn phases(
    ground: &Ground<'_>,
    before: &History,
    chains: &[(MigrationKey, Chain)],
    setting: &Setting,
) -> Result<Vec<Phase>, Vec<Unplanned>> {
    let outline = settle(ground, before, chains, setting)
        .map_err(|refused| vec![Unplanned { what: "the change as a whole".to_owned(), why: refused.failure.why }])?;
    written(&outline, ground)
}

fn written(outline: &Outline, ground: &Ground<'_>) -> Result<Vec<Phase>, Vec<Unplanned>> {
    write(outline, ground).map_err(|why| vec![Unplanned { what: "the text of the plan".to_owned(), why }])
}

/// One chain for each wish; or what has none, and why.
pub(super) fn choose_all(ground: &Ground<'_>, wishes: &[Wish<'_>], setting: &Setting) -> Result<Chains, Vec<Unplanned>> {
    let mut chains = Vec::new();
    let mut unplanned = Vec::new();
    for wish in wishes {
        match choose(ground, wish, setting) {
            Ok(chain) => chains.push((origin(wish), chain)),
            Err(why) => unplanned.push(Unplanned { what: what(wish), why }),
        }
    }
    if !unplanned.is_empty() {
        return Err(unplanned);
    }
    follow_the_deferred(wishes, &mut chains);
    Ok(chains)
}

/// What touches a table after an operation that has to wait, and the state knows nothing of, waits as well.
fn follow_the_deferred(wishes: &[Wish<'_>], chains: &mut [(MigrationKey, Chain)]) {
    let mut waiting: BTreeSet<&Name> = BTreeSet::new();
    for (wish, slot) in wishes.iter().zip(chains) {
        let deferred = recipe::defer::chain(wish);
        let touched = wish.schema_before.difference(&wish.schema_after);
        let is_opaque = matches!(wish.operation.kind, OperationKind::RunSql { .. } | OperationKind::ValidateConstraint { .. });
        let comes_later = matches!(wish.operation.kind, OperationKind::AddConstraint { .. }) && slot.1.deploys.len() > slot.1.code + 1;
        if comes_later || deferred.as_ref() == Some(&slot.1) {
            waiting.extend(touched);
        } else if is_opaque && touched.iter().any(|table| waiting.contains(table)) {
            slot.1 = deferred.unwrap_or_else(|| slot.1.clone());
        }
    }
}

/// Lays the chains side by side and checks the whole.
fn settle(ground: &Ground<'_>, before: &History, chains: &[(MigrationKey, Chain)], setting: &Setting) -> Result<Outline, Refused> {
    let refused = match settle_as(ground, before, chains, setting, false) {
        Ok(outline) => return Ok(outline),
        Err(refused) => refused,
    };
    settle_as(ground, before, chains, setting, true).map_err(|_| refused)
}

fn settle_as(
    ground: &Ground<'_>,
    before: &History,
    chains: &[(MigrationKey, Chain)],
    setting: &Setting,
    relax_first: bool,
) -> Result<Outline, Refused> {
    let drafts = assemble(chains, ground.analysis, ground.working, relax_first);
    let wanted = Wanted {
        schema: &ground.analysis.schema_after,
        models: &ground.analysis.working,
        accepts: accepted(chains),
        tolerates: &|_| false,
        code: drafts.code,
        undeclared: &undeclared(ground),
    };
    match check(before, &ground.analysis.deployed, &deployments(&drafts), Some(&wanted), setting) {
        Ok(Checked { states, ruled_out }) => Ok(Outline { drafts, states, ruled_out }),
        Err(failure) => Err(Refused { failure, drafts }),
    }
}

/// Fields that the working migrations have and the working source provably doesn't.
fn undeclared(ground: &Ground<'_>) -> BTreeSet<(ModelKey, Name)> {
    let mut found = BTreeSet::new();
    let Some(last) = ground.analysis.migrations.iter().rev().find_map(|it| it.operations.last()) else { return found };
    for (key, model) in &last.state_after.models {
        let Some(declared) = ground.analysis.working_state.get(key).filter(|declared| !Arc::ptr_eq(declared, model)) else { continue };
        let lacks = |field: &&Arc<Field>| declared.field(&field.name).is_none();
        found.extend(model.fields.iter().filter(lacks).map(|field| (key.clone(), field.name.clone())));
    }
    found
}

/// Drafts that don't hold.
struct Refused {
    failure: Failure,
    drafts: Drafts,
}

impl Refused {
    /// The author's operation that is to blame, where it was kept as it stands.
    fn kept(&self) -> Option<&OperationRef> {
        let at = self.failure.at.as_ref()?;
        let mut migrations = self.drafts.drafts.iter().flat_map(|draft| &draft.migrations);
        let migration = migrations.find(|it| it.key.app == at.app && it.key.name == at.migration)?;
        match migration.operations.get(at.index)? {
            Planned::Kept { at, .. } => Some(at),
            _ => None,
        }
    }
}

fn accepted(chains: &[(MigrationKey, Chain)]) -> Vec<Accepted> {
    chains.iter().flat_map(|(_, chain)| chain.accepts.iter().cloned()).collect()
}

/// Chains that hold together: what is safe in the author's own order may have to wait in the plan's.
fn repaired(
    ground: &Ground<'_>,
    before: &History,
    wishes: &[Wish<'_>],
    mut chains: Chains,
    setting: &Setting,
) -> Result<(Chains, Outline), Vec<Unplanned>> {
    let mut repaired: Vec<OperationRef> = Vec::new();
    loop {
        let refused = match settle(ground, before, &chains, setting) {
            Ok(outline) => return Ok((chains, outline)),
            Err(refused) => refused,
        };
        let whole = |why: &str| vec![Unplanned { what: "the change as a whole".to_owned(), why: why.to_owned() }];
        let Some(at) = refused.kept().filter(|at| !repaired.contains(*at)).cloned() else { return Err(whole(&refused.failure.why)) };
        let found = wishes.iter().position(|wish| wish.at == at);
        let Some((number, wish)) = found.and_then(|number| Some((number, wishes.get(number)?))) else {
            return Err(whole(&refused.failure.why));
        };
        let breaks = refused.failure.it.as_deref().cloned().into_iter().collect();
        let wish = Wish { is_unsafe: true, breaks, ..wish.clone() };
        let chain = recipe::chains(&wish).into_iter().next().or_else(|| recipe::defer::chain(&wish));
        let (Some(chain), Some(slot)) = (chain, chains.get_mut(number)) else { return Err(whole(&refused.failure.why)) };
        slot.1 = chain;
        repaired.push(at);
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
    let models = Models::render(&wish.after);
    // Asked for where something breaks, which is seldom.
    let known: OnceCell<BTreeSet<BreakKey>> = OnceCell::new();
    let tolerates = |it: &Break| {
        known.get_or_init(|| Sequence::on(&models, &wish.schema_after).keys().into_iter().collect()).contains(&BreakKey::of(it))
    };
    let undeclared = undeclared(ground);
    for mut chain in chains {
        // What the deployed code does only sometimes, it can stop doing in a deploy before.
        for _ in 0..=MAX_PREPARATIONS {
            let alone = [(origin(wish), chain)];
            let drafts = assemble(&alone, ground.analysis, ground.working, false);
            let accepts = accepted(&alone);
            let wanted = Wanted {
                schema: &wish.schema_after,
                models: &models,
                accepts,
                tolerates: &tolerates,
                code: drafts.code,
                undeclared: &undeclared,
            };
            let checked = check(&before, &ground.analysis.deployed, &deployments(&drafts), Some(&wanted), setting);
            let failure = match checked {
                Ok(Checked { states, .. }) => {
                    let mut states = states.iter().skip(drafts.code);
                    let [(_, chain)] = alone;
                    match states.try_for_each(|state| writable(ground, &wish.after, state, &wish.end)) {
                        Ok(()) => return Ok(chain),
                        Err(why) => {
                            reason = format!("the way that is known for it doesn't hold here: {why}");
                            break;
                        }
                    }
                }
                Err(failure) => failure,
            };
            reason = format!("the way that is known for it doesn't hold here: {}", failure.why);
            let [(_, unprepared)] = alone;
            match failure.it.and_then(|it| recipe::prepare::before(wish, unprepared, &it)) {
                Some(prepared) => chain = prepared,
                None => break,
            }
        }
    }
    Err(reason)
}

/// How many kinds of writes the deployed code may be asked to stop.
const MAX_PREPARATIONS: usize = 4;

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
