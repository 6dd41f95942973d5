//! Breaks in words: what a tired developer reads.

use crate::compat::{Break, Certainty, Condition, Statement};
use crate::syntax::ast::Name;
use std::collections::{BTreeMap, BTreeSet};

/// How many models or reasons a sentence names before it counts the rest.
const NAMED: usize = 3;

/// Whose statements break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    DeployedCode,
    NewCode,
}

impl Who {
    fn noun(self) -> &'static str {
        match self {
            Self::DeployedCode => "the deployed code",
            Self::NewCode => "the new code",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::DeployedCode => Self::NewCode,
            Self::NewCode => Self::DeployedCode,
        }
    }
}

/// `every read, insert and update of shop.Order by the deployed code fails: column shop_order.note does not exist`
///
/// One clause for what always fails, one for each condition; `None` where there is no break.
pub(super) fn sentence(who: Who, breaks: &[&Break]) -> Option<String> {
    explained(who, &format!(" by {}", who.noun()), breaks)
}

/// The same without saying by whom: `every read of shop.Order fails: column shop_order.note does not exist`.
pub fn explanation(who: Who, breaks: &[&Break]) -> Option<String> {
    explained(who, "", breaks)
}

fn explained(who: Who, by: &str, breaks: &[&Break]) -> Option<String> {
    let mut clauses = Vec::new();
    let mut told = BTreeSet::new();
    for alike in by_condition(breaks) {
        let subject = clause(who, by, &alike);
        let reasons: BTreeSet<&str> = alike.iter().map(|it| it.why.as_str()).filter(|why| !told.contains(why)).collect();
        told.extend(reasons.iter().copied());
        let reasons: Vec<&str> = reasons.into_iter().collect();
        clauses.push(if reasons.is_empty() { subject } else { format!("{subject}: {}", capped(&reasons, "; ", "reasons")) });
    }
    (!clauses.is_empty()).then(|| clauses.join("; and "))
}

/// `every read of shop.Order fails; any insert of shop.Order that writes NULL fails`, without saying by whom and why.
pub fn summary(who: Who, breaks: &[&Break]) -> Option<String> {
    let clauses: Vec<String> = by_condition(breaks).iter().map(|alike| clause(who, "", alike)).collect();
    (!clauses.is_empty()).then(|| clauses.join("; "))
}

/// What always fails first, then one group for each condition.
fn by_condition<'a>(breaks: &[&'a Break]) -> Vec<Vec<&'a Break>> {
    let mut groups: BTreeMap<(Certainty, Option<Condition>), Vec<&Break>> = BTreeMap::new();
    for &it in breaks {
        groups.entry((it.certainty, it.condition)).or_default().push(it);
    }
    groups.into_values().collect()
}

/// `by` is ` by the deployed code`, or nothing.
fn clause(who: Who, by: &str, alike: &[&Break]) -> String {
    let Some(condition) = alike.iter().find_map(|it| it.condition) else {
        return format!("every {}{by} fails", statements(alike, "and"));
    };
    let statements = statements(alike, "or");
    match condition {
        Condition::NullWrite => format!("any {statements}{by} that writes NULL fails"),
        Condition::BoundaryValue => format!("any {statements}{by} with a value that only its own, wider field allows fails"),
        Condition::Duplicate => format!("any {statements}{by} that repeats a value fails"),
        Condition::ViolatingWrite => format!("any {statements}{by} that breaks the new constraint fails"),
        Condition::OnConflictUpsert => format!("any {statements}{by} through `bulk_create(update_conflicts=True)` fails"),
        Condition::OtherCodeWroteRows => format!("any {statements}{by} fails once {} has written rows", who.other().noun()),
        Condition::RowsGone => format!("any {statements}{by} that needs the removed rows fails"),
    }
}

/// `read, insert and update of shop.Order and shop.Item, and delete of shop.Customer`, with `and` or `or` as the conjunction.
fn statements(breaks: &[&Break], conjunction: &str) -> String {
    let mut of_model: BTreeMap<&Name, BTreeSet<Statement>> = BTreeMap::new();
    for it in breaks {
        of_model.entry(&it.model).or_default().insert(it.statement);
    }
    // A read through another model and a filter say nothing new where plain statements fail already.
    let plain = of_model.values().flatten().any(|it| !matches!(it, Statement::Relation | Statement::Filter));
    let mut models_of: BTreeMap<Vec<Statement>, Vec<&str>> = BTreeMap::new();
    for (model, mut statements) in of_model {
        if plain {
            statements.retain(|it| !matches!(it, Statement::Relation | Statement::Filter));
        }
        if !statements.is_empty() {
            models_of.entry(statements.into_iter().collect()).or_default().push(model);
        }
    }
    let groups: Vec<String> = models_of
        .into_iter()
        .map(|(statements, models)| {
            let verbs: Vec<&str> = statements.into_iter().map(word).collect();
            format!("{} of {}", listed(&verbs, conjunction), capped_list(&models, conjunction, "models"))
        })
        .collect();
    groups.join(&format!(", {conjunction} "))
}

fn word(statement: Statement) -> &'static str {
    match statement {
        Statement::Read => "read",
        Statement::Filter => "filter",
        Statement::Relation => "read through a relation",
        Statement::Insert => "insert",
        Statement::Update => "update",
        Statement::Delete => "delete",
        Statement::M2m => "many-to-many access",
    }
}

/// `a, b and c`
pub(super) fn and(items: &[&str]) -> String {
    listed(items, "and")
}

fn listed(items: &[&str], conjunction: &str) -> String {
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} {conjunction} {last}", first.join(", ")),
    }
}

/// `a, b, c and 4 more models`
fn capped_list(items: &[&str], conjunction: &str, noun: &str) -> String {
    // One more than the limit is as short as counting it.
    if items.len() <= NAMED + 1 {
        return listed(items, conjunction);
    }
    let (named, rest) = items.split_at(NAMED);
    format!("{} {conjunction} {} more {noun}", named.join(", "), rest.len())
}

fn capped(items: &[&str], separator: &str, noun: &str) -> String {
    if items.len() <= NAMED + 1 {
        return items.join(separator);
    }
    let (named, rest) = items.split_at(NAMED);
    format!("{}{separator}and {} more {noun}", named.join(separator), rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compat::Cause;
    use expect_test::{Expect, expect};

    fn break_of(model: &str, statement: Statement, condition: Option<Condition>, why: &str) -> Break {
        Break {
            model: model.into(),
            statement,
            certainty: if condition.is_some() { Certainty::Conditional } else { Certainty::Always },
            condition,
            table: "t".into(),
            column: None,
            operation: None,
            why: why.to_owned(),
            cause: Cause::MissingColumn,
        }
    }

    #[track_caller]
    fn check(who: Who, breaks: &[Break], expected: &Expect) {
        let breaks: Vec<&Break> = breaks.iter().collect();
        expected.assert_eq(&sentence(who, &breaks).unwrap_or_default());
    }

    #[test]
    fn statements_of_one_model_share_a_clause() {
        let why = "column shop_order.note does not exist";
        let breaks = [Statement::Update, Statement::Read, Statement::Insert].map(|it| break_of("shop.Order", it, None, why));
        check(
            Who::DeployedCode,
            &breaks,
            &expect!["every read, insert and update of shop.Order by the deployed code fails: column shop_order.note does not exist"],
        );
    }

    #[test]
    fn models_with_the_same_statements_share_a_clause() {
        let why = "relation shop_note does not exist";
        let breaks = [
            break_of("shop.Note", Statement::Read, None, why),
            break_of("shop.Customer", Statement::Delete, None, why),
            break_of("shop.Order", Statement::Delete, None, why),
            break_of("shop.Order", Statement::Relation, None, why),
        ];
        check(
            Who::DeployedCode,
            &breaks,
            &expect![
                "every read of shop.Note, and delete of shop.Customer and shop.Order by the deployed code fails: relation shop_note does not exist"
            ],
        );
    }

    #[test]
    fn a_long_list_of_models_is_counted() {
        let breaks: Vec<Break> = (1..=9).map(|n| break_of(&format!("shop.M{n}"), Statement::Delete, None, "no")).collect();
        check(Who::NewCode, &breaks, &expect!["every delete of shop.M1, shop.M2, shop.M3 and 6 more models by the new code fails: no"]);
    }

    #[test]
    fn a_condition_is_named_after_what_always_fails() {
        let breaks = [
            break_of("shop.Order", Statement::Update, Some(Condition::NullWrite), "null value in column \"note\""),
            break_of("shop.Order", Statement::Insert, None, "null value in column \"note\""),
        ];
        check(
            Who::DeployedCode,
            &breaks,
            &expect![[
                r#"every insert of shop.Order by the deployed code fails: null value in column "note"; and any update of shop.Order by the deployed code that writes NULL fails"#
            ]],
        );
    }

    #[test]
    fn a_relation_is_told_where_nothing_else_breaks() {
        let breaks = [break_of("shop.Order", Statement::Relation, None, "no such column")];
        check(Who::NewCode, &breaks, &expect!["every read through a relation of shop.Order by the new code fails: no such column"]);
    }
}
