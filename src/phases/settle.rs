//! Chains for wishes: found, laid side by side, checked, and mended where they don't hold together.

use super::assemble::{Drafts, assemble};
use super::chain::{Accepted, Chain, Planned};
use super::checker::{Checked, Deployment, Failure, Wanted, check};
use super::ground::Ground;
use super::outline::Outline;
use super::plan::{Phase, Unplanned};
use super::recipe;
use super::wish::Wish;
use super::write::{writable, write};
use crate::analysis::blame::BreakKey;
use crate::analysis::history::History;
use crate::analysis::report::{Break, OperationRef};
use crate::analysis::sequence::Sequence;
use crate::analysis::setting::Setting;
use crate::django::field::{Field, ModelKey};
use crate::django::graph::MigrationKey;
use crate::django::models::Models;
use crate::django::operation::OperationKind;
use crate::schema::Schema;
use crate::syntax::ast::Name;
use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One chain for each wish, with the migration that the wish comes from.
pub(super) type Chains = Vec<(MigrationKey, Chain)>;

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

pub(super) fn written(outline: &Outline, ground: &Ground<'_>) -> Result<Vec<Phase>, Vec<Unplanned>> {
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
    state_last: bool,
) -> Result<Outline, Refused> {
    let drafts = assemble(chains, ground.analysis, ground.working, state_last);
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
pub(super) fn repaired(
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
        // What builds an index beside the others' work is a migration of its own, and may come between two that belong together.
        let plain = as_written(wishes, &chains);
        if let Some(outline) = plain.as_ref().and_then(|plain| settle(ground, before, plain, setting).ok()) {
            return Ok((plain.unwrap_or(chains), outline));
        }
        let whole = |why: &str| vec![Unplanned { what: "the change as a whole".to_owned(), why: why.to_owned() }];
        let at = refused.kept().cloned().or_else(|| remover(wishes, refused.failure.it.as_deref()?));
        let Some(at) = at.filter(|at| !repaired.contains(at)) else { return Err(whole(&refused.failure.why)) };
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

/// The operation that takes what is missed, although the author's next one is blamed for more.
fn remover(wishes: &[Wish<'_>], it: &Break) -> Option<OperationRef> {
    let column = it.column.as_ref()?;
    let has = |schema: &Schema| schema.table(&it.table).is_some_and(|table| table.column(column).is_some());
    let takes = |wish: &&Wish<'_>| !wish.is_unsafe && has(&wish.schema_before) && !has(&wish.schema_after);
    wishes.iter().find(takes).map(|wish| wish.at.clone())
}

/// The chains, with all that is safe as the author wrote it; `None` where it is so already.
fn as_written(wishes: &[Wish<'_>], chains: &Chains) -> Option<Chains> {
    let mut plain = chains.clone();
    for (wish, slot) in wishes.iter().zip(&mut plain).filter(|(wish, _)| !wish.is_unsafe) {
        if let Some(kept) = recipe::kept(wish) {
            slot.1 = kept;
        }
    }
    (plain != *chains).then_some(plain)
}

pub(super) fn deployments(drafts: &Drafts) -> Vec<Deployment<'_>> {
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
