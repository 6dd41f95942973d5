//! SQLite's triggers: they can't change the row that is being written, so that they write it once more. What is alike already
//! is left alone, and so each sets off the others once at most.

use super::{Conversion, Pair, Side, quoted};
use crate::phases::chain::Sql;
use crate::syntax::ast::Name;

/// Whoever writes one of the columns writes the other. An update that leaves the new column NULL tries again.
pub(super) fn both_ways(name: &str, pair: &Pair<'_>, to_new: &Conversion, to_old: &Conversion) -> Sql {
    let (old, new) = (quoted(pair.old.column), quoted(pair.new.column));
    let differs = format!("NEW.{new} IS NOT {}", to_new.of(&format!("NEW.{old}")));
    let set_new = format!("{new} = {}", to_new.of(&format!("NEW.{old}")));
    let set_old = format!("{old} = {}", to_old.of(&format!("NEW.{new}")));
    // What has no counterpart in the old column left NULL there, which is no word of its own.
    let unsaid = if to_old.may_fail { format!(" AND NEW.{old} IS NOT {}", to_old.of(&format!("NEW.{new}"))) } else { String::new() };
    let triggers = [
        ("insert_old", "INSERT", format!("NEW.{new} IS NULL AND {differs}"), &set_new),
        ("insert_new", "INSERT", format!("NEW.{old} IS NULL AND NEW.{new} IS NOT NULL"), &set_old),
        ("update_new", "UPDATE", format!("NEW.{new} IS NOT OLD.{new} AND NEW.{old} IS OLD.{old} AND {differs}"), &set_old),
        (
            "update_old",
            "UPDATE",
            format!("(NEW.{old} IS NOT OLD.{old} OR NEW.{new} IS NULL) AND NEW.{new} IS OLD.{new} AND {differs}{unsaid}"),
            &set_new,
        ),
    ];
    made(name, pair.table, &triggers)
}

/// The column `to` gets what the database computes for `from`, unless code writes another value into it.
pub(super) fn follows(name: &str, pair: &Pair<'_>, from: Side<'_>, to: Side<'_>, conversion: &Conversion) -> Sql {
    let (from, to) = (quoted(from.column), quoted(to.column));
    let computed = |row: &str| conversion.of(&format!("{row}.{from}"));
    let set = format!("{to} = {}", computed("NEW"));
    let is_new = format!("NEW.{to} IS NOT {}", computed("NEW"));
    let followed = format!("NEW.{to} IS OLD.{to} AND OLD.{to} IS {}", computed("OLD"));
    let triggers = [
        ("insert", "INSERT", format!("NEW.{to} IS NULL AND {is_new}"), &set),
        ("update", "UPDATE", format!("{is_new} AND (NEW.{to} IS NULL OR {followed})"), &set),
    ];
    made(name, pair.table, &triggers)
}

fn made(name: &str, table: &Name, triggers: &[(&str, &str, String, &String)]) -> Sql {
    let table = quoted(table);
    let named = |what: &str| quoted(&format!("{name}_{what}"));
    let create = triggers.iter().map(|(what, event, when, set)| {
        format!(
            "CREATE TRIGGER {} AFTER {event} ON {table} WHEN {when} BEGIN UPDATE {table} SET {set} WHERE rowid = NEW.rowid; END",
            named(what)
        )
    });
    Sql {
        forwards: create.collect(),
        backwards: triggers.iter().map(|(what, ..)| format!("DROP TRIGGER {}", named(what))).collect(),
        state: Vec::new(),
    }
}
