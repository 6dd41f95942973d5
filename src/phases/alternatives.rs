//! Choices that a person must make: each is a plan of its own, and checked as one.

use super::chain::Chain;
use super::ground::Ground;
use super::lookalike::{Place, pairs};
use super::plan::{Alternative, Plan};
use super::recipe::{self, rename_field};
use super::settle::{choose_all, origin, phases};
use super::wish::Wish;
use crate::analysis::history::History;
use crate::analysis::setting::Setting;
use crate::django::field::Field;
use crate::django::graph::MigrationKey;
use crate::django::operation::OperationKind;

/// Other recipes than the first for single wishes.
pub(super) fn others(
    ground: &Ground<'_>,
    before: &History,
    wishes: &[Wish<'_>],
    chains: &[(MigrationKey, Chain)],
    setting: &Setting,
) -> Vec<Alternative> {
    // What a person decides once is one choice, for how many fields ever.
    let mut choices: Vec<Choice> = Vec::new();
    for (at, wish) in wishes.iter().enumerate().filter(|(_, wish)| wish.is_unsafe) {
        for other in recipe::others(wish) {
            if chains.get(at).is_none_or(|(_, chosen)| *chosen == other.chain) {
                continue;
            }
            let place = choices.iter().position(|known| known.first.why == other.why).unwrap_or(choices.len());
            if place == choices.len() {
                choices.push(Choice { first: other.clone(), chains: chains.to_vec(), count: 0 });
            }
            let Some(choice) = choices.get_mut(place) else { continue };
            if let Some(slot) = choice.chains.get_mut(at) {
                slot.1 = other.chain;
                choice.count += 1;
            }
        }
    }
    let planned = choices.into_iter().filter_map(|Choice { first, chains, count }| {
        let phases = phases(ground, before, &chains, setting).ok()?;
        let title = if count > 1 { format!("{}, and {} more alike", first.title, count - 1) } else { first.title };
        Some(Alternative { title, why: first.why.to_owned(), plan: Plan::new(Ok(phases), Vec::new()) })
    });
    planned.collect()
}

/// One decision, taken for every wish that it is about.
struct Choice {
    first: recipe::Other,
    chains: Vec<(MigrationKey, Chain)>,
    count: usize,
}

/// Fields that are removed while one like them is added: as a rename, their values stay.
pub(super) fn renames(ground: &Ground<'_>, before: &History, wishes: &[Wish<'_>], setting: &Setting) -> Vec<Alternative> {
    let mut removed = Vec::new();
    let mut added = Vec::new();
    for (at, wish) in wishes.iter().enumerate() {
        match &wish.operation.kind {
            OperationKind::RemoveField { model, name } => {
                if let Some(field) = wish.field(model, name) {
                    removed.push(Place { at, model: wish.key(model), field: field.clone() });
                }
            }
            OperationKind::AddField { model, field, .. } => {
                added.push(Place { at, model: wish.key(model), field: field.clone() });
            }
            _ => {}
        }
    }
    let pairs = pairs(&removed, &added);
    if pairs.is_empty() {
        return Vec::new();
    }
    let mut kept = Vec::new();
    let mut names: Vec<String> = Vec::new();
    let mut renamed: Vec<(usize, Chain)> = Vec::new();
    for (from, to) in &pairs {
        let (Some(wish), Some(new)) = (wishes.get(*from), wishes.get(*to).and_then(|wish| added_field(wish))) else { continue };
        let OperationKind::RemoveField { model, name } = &wish.operation.kind else { continue };
        let Some(chain) = rename_field::as_field(wish, model, name, new) else { continue };
        names.push(format!("`{name}` to `{}`", new.name));
        renamed.push((*from, chain));
    }
    for (at, wish) in wishes.iter().enumerate() {
        if pairs.iter().any(|(_, to)| *to == at) {
            continue;
        }
        match renamed.iter().find(|(from, _)| *from == at) {
            Some((_, chain)) => kept.push((origin(wish), chain.clone())),
            None => match choose_all(ground, std::slice::from_ref(wish), setting) {
                Ok(chains) => kept.extend(chains),
                Err(_) => return Vec::new(),
            },
        }
    }
    match phases(ground, before, &kept, setting) {
        Ok(phases) => vec![Alternative {
            title: format!("rename {}", names.join(", ")),
            why: "as written, the values of the removed fields are lost: where they belong into the new ones, it is a rename".to_owned(),
            plan: Plan::new(Ok(phases), Vec::new()),
        }],
        Err(_) => Vec::new(),
    }
}

fn added_field<'w>(wish: &'w Wish<'_>) -> Option<&'w Field> {
    match &wish.operation.kind {
        OperationKind::AddField { field, .. } => Some(field),
        _ => None,
    }
}
