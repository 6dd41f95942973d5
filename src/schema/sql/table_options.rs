//! Actions of `ALTER TABLE` that leave columns and constraints as they are: partitions, storage, triggers, the server's own options.

use super::cursor::Cursor;
use crate::schema::change::SchemaChange;
use crate::schema::footprint::Work;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

const SHARE_UPDATE_EXCLUSIVE: &str = "SHARE UPDATE EXCLUSIVE";
const ACCESS_EXCLUSIVE: &str = "ACCESS EXCLUSIVE";

/// `None` where it is another action, or one that can't be read.
pub(super) fn read(cursor: &mut Cursor<'_, '_>, table: &Name) -> Option<Vec<SchemaChange>> {
    match cursor.vendor {
        VendorKind::MySql | VendorKind::MariaDb => of_mysql(cursor, table),
        VendorKind::PostgreSql => of_postgresql(cursor, table),
        VendorKind::Sqlite | VendorKind::Oracle => None,
    }
}

fn locked(table: &Name, mode: &'static str) -> Vec<SchemaChange> {
    vec![SchemaChange::Lock { table: table.clone(), mode }]
}

fn rewritten(table: &Name, mode: &'static str) -> Vec<SchemaChange> {
    vec![SchemaChange::Maintain { name: table.clone(), is_index: false, mode, work: Some(Work::Rewrites) }]
}

fn of_mysql(cursor: &mut Cursor<'_, '_>, table: &Name) -> Option<Vec<SchemaChange>> {
    // Hints on how to do it, and options of the description.
    if cursor.eat_any(&["ALGORITHM", "LOCK", "COMMENT", "AUTO_INCREMENT", "STATS_PERSISTENT"]).is_some() {
        cursor.eat_symbol("=");
        cursor.advance()?;
        return Some(Vec::new());
    }
    // The table is built anew, beside the statements that use it.
    if cursor.eat_any(&["ENGINE", "ROW_FORMAT", "KEY_BLOCK_SIZE"]).is_some() {
        cursor.eat_symbol("=");
        cursor.advance()?;
        return Some(rewritten(table, "NONE"));
    }
    if cursor.eat(&["FORCE"]) {
        return Some(rewritten(table, "NONE"));
    }
    // Texts are converted one by one.
    if cursor.eat(&["CONVERT", "TO"]) {
        while cursor.advance().is_some() {}
        return Some(rewritten(table, "SHARED"));
    }
    cursor.eat(&["DEFAULT"]);
    if cursor.eat(&["CHARACTER", "SET"]) || cursor.eat_any(&["CHARSET", "COLLATE"]).is_some() {
        cursor.eat_symbol("=");
        cursor.advance()?;
        return Some(locked(table, "NONE"));
    }
    None
}

fn of_postgresql(cursor: &mut Cursor<'_, '_>, table: &Name) -> Option<Vec<SchemaChange>> {
    // What the policies of a table let the deployed code do is not known, nor whether it is bound by them: as its owner only by FORCE.
    if cursor.eat(&["ENABLE", "ROW"]) || cursor.eat(&["FORCE", "ROW"]) {
        return None;
    }
    if cursor.eat_any(&["ENABLE", "DISABLE", "FORCE"]).is_some() || cursor.eat(&["NO", "FORCE"]) {
        if cursor.eat(&["ROW", "LEVEL", "SECURITY"]) {
            return Some(locked(table, ACCESS_EXCLUSIVE));
        }
        cursor.eat_any(&["REPLICA", "ALWAYS"]);
        return cursor.eat(&["TRIGGER"]).then(|| {
            cursor.advance();
            locked(table, "SHARE ROW EXCLUSIVE")
        });
    }
    if cursor.eat(&["ATTACH", "PARTITION"]) {
        let part = cursor.relation()?;
        while cursor.advance().is_some() {}
        // Its rows are checked against the bounds.
        let checked = SchemaChange::Maintain { name: part, is_index: false, mode: ACCESS_EXCLUSIVE, work: Some(Work::Validates) };
        return Some(vec![SchemaChange::Lock { table: table.clone(), mode: SHARE_UPDATE_EXCLUSIVE }, checked]);
    }
    if cursor.eat(&["DETACH", "PARTITION"]) {
        let part = cursor.relation()?;
        let is_concurrent = cursor.eat(&["CONCURRENTLY"]);
        let mode = if is_concurrent || cursor.eat(&["FINALIZE"]) { SHARE_UPDATE_EXCLUSIVE } else { ACCESS_EXCLUSIVE };
        let mut changes: Vec<SchemaChange> = [table.clone(), part].into_iter().map(|table| SchemaChange::Lock { table, mode }).collect();
        // Its rows are no longer among those of the table.
        changes.push(SchemaChange::DeleteRows { table: table.clone() });
        if is_concurrent {
            changes.insert(0, SchemaChange::OutsideTransaction { statement: "ALTER TABLE … DETACH CONCURRENTLY" });
        }
        return Some(changes);
    }
    if cursor.eat_any(&["OWNER", "REPLICA"]).is_some() {
        while cursor.advance().is_some() {}
        return Some(locked(table, ACCESS_EXCLUSIVE));
    }
    if cursor.eat(&["CLUSTER", "ON"]) || cursor.eat(&["SET", "WITHOUT", "CLUSTER"]) {
        while cursor.advance().is_some() {}
        return Some(locked(table, SHARE_UPDATE_EXCLUSIVE));
    }
    if ["LOGGED", "UNLOGGED"].iter().any(|word| cursor.eat(&["SET", word])) {
        return Some(rewritten(table, ACCESS_EXCLUSIVE));
    }
    if ["TABLESPACE", "ACCESS"].iter().any(|word| cursor.eat(&["SET", word])) {
        while cursor.advance().is_some() {}
        return Some(rewritten(table, ACCESS_EXCLUSIVE));
    }
    // When it is checked, and nothing of what.
    if cursor.eat(&["ALTER", "CONSTRAINT"]) {
        while cursor.advance().is_some() {}
        return Some(locked(table, ACCESS_EXCLUSIVE));
    }
    // Storage parameters: `SET (fillfactor = 70)`.
    let mut ahead = cursor.clone();
    if ahead.eat_any(&["SET", "RESET"]).is_some() && ahead.at_symbol("(") {
        ahead.parens()?;
        *cursor = ahead;
        return Some(locked(table, SHARE_UPDATE_EXCLUSIVE));
    }
    None
}
