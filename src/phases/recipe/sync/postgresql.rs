//! PostgreSQL's triggers: a function before the row is written, or after it where the database computes one of the columns.

use super::{Conversion, Pair, Side, quoted};
use crate::phases::chain::Sql;
use crate::syntax::ast::Name;

/// Whoever writes one of the columns writes the other. An update that leaves the new column NULL tries again: that is how the
/// rows are filled that were there before.
pub(super) fn both_ways(name: &str, pair: &Pair<'_>, to_new: &Conversion, to_old: &Conversion) -> Sql {
    let (old, new) = (format!("NEW.{}", quoted(pair.old.column)), format!("NEW.{}", quoted(pair.new.column)));
    let before = |column: &Name| format!("OLD.{}", quoted(column));
    let (old_before, new_before) = (before(pair.old.column), before(pair.new.column));
    let body = format!(
        "    IF TG_OP = 'INSERT' THEN\n\
         \x20       IF {new} IS NULL THEN\n{}\
         \x20       ELSIF {old} IS NULL THEN\n{}\
         \x20       END IF;\n\
         \x20   ELSIF {new} IS DISTINCT FROM {new_before} THEN\n{}\
         \x20   ELSIF {old} IS DISTINCT FROM {old_before} OR {new} IS NULL THEN\n{}\
         \x20   END IF;\n\
         \x20   RETURN NEW;\n",
        assign(&new, &old, to_new, 3),
        assign(&old, &new, to_old, 3),
        assign(&old, &new, to_old, 2),
        assign(&new, &old, to_new, 2),
    );
    function(name, pair.table, &body, "BEFORE")
}

/// The column `to` gets what the database computes for `from`, unless code writes another value into it.
pub(super) fn follows(name: &str, pair: &Pair<'_>, from: Side<'_>, to: Side<'_>, conversion: &Conversion) -> Sql {
    let table = pair.table;
    let value = |row: &str, column: &Name| format!("{row}.{}", quoted(column));
    let computed = |row: &str| conversion.of(&value(row, from.column));
    let keys: Vec<String> = pair.key.iter().map(|key| format!("{} = {}", quoted(key), value("NEW", key))).collect();
    let update =
        format!("        UPDATE {} SET {} = {} WHERE {};\n", quoted(table), quoted(to.column), computed("NEW"), keys.join(" AND "));
    let own = value("NEW", to.column);
    let body = format!(
        "    IF {own} IS NULL THEN\n{update}\
         \x20   ELSIF TG_OP = 'UPDATE' THEN\n\
         \x20       IF {own} IS NOT DISTINCT FROM {} AND {} IS NOT DISTINCT FROM {} AND {own} IS DISTINCT FROM {} THEN\n    {update}\
         \x20       END IF;\n\
         \x20   END IF;\n\
         \x20   RETURN NULL;\n",
        value("OLD", to.column),
        value("OLD", to.column),
        computed("OLD"),
        computed("NEW"),
    );
    function(name, table, &body, "AFTER")
}

fn assign(to: &str, from: &str, conversion: &Conversion, depth: usize) -> String {
    let indentation = "    ".repeat(depth);
    let assign = format!("{to} := {};", conversion.of(from));
    if !conversion.may_fail {
        return format!("{indentation}{assign}\n");
    }
    // What has no counterpart must not keep the code from writing it.
    format!(
        "{indentation}BEGIN\n{indentation}    {assign}\n{indentation}EXCEPTION WHEN OTHERS THEN\n{indentation}    {to} := NULL;\n{indentation}END;\n"
    )
}

fn function(name: &str, table: &Name, body: &str, when: &str) -> Sql {
    let (name, table) = (quoted(name), quoted(table));
    Sql {
        forwards: vec![
            format!("CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n{body}END $$"),
            format!("CREATE TRIGGER {name} {when} INSERT OR UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"),
        ],
        backwards: vec![format!("DROP TRIGGER {name} ON {table}"), format!("DROP FUNCTION {name}()")],
        state: Vec::new(),
    }
}
