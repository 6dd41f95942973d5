//! PostgreSQL: unique constraints, indexes and foreign keys that are built while others write, by SQL under Django's own names.

use crate::django::field::Field;
use crate::django::operation::{Operation, OperationKind};
use crate::phases::chain::{Planned, Sql, Step, Transaction, operation};
use crate::phases::wish::Wish;
use crate::schema::column_type::ColumnType;
use crate::schema::table::{Constraint, ConstraintKind, Index, Table};
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::Name;

/// `None` where the operation does more to its table than can be done this way, or nothing that is worth it.
pub(super) fn steps(wish: &Wish<'_>, slug: &str) -> Option<Vec<Step>> {
    if wish.setting.vendor.kind != VendorKind::PostgreSql {
        return None;
    }
    let name = wish.model(wish.operation.kind.model()?)?.table();
    between(wish, slug, wish.schema_before.table(&name)?, wish.schema_after.table(&name)?, &wish.operation)
}

/// The foreign key of a column that the change adds.
pub(super) fn foreign_key(wish: &Wish<'_>, slug: &str, model: &Name, field: &Field, alter: &OperationKind) -> Option<Vec<Step>> {
    if wish.setting.vendor.kind != VendorKind::PostgreSql {
        return None;
    }
    let after = wish.schema_after.table(&wish.after.get(&wish.key(model))?.table())?;
    let column = field.column()?;
    let mut before = Table::clone(after);
    let is_it = |constraint: &Constraint| matches!(&constraint.kind, ConstraintKind::ForeignKey(key) if key.columns == [column.clone()]);
    before.constraints.retain(|constraint| !is_it(constraint));
    // It exists when the second deploy comes.
    before.origin.get_or_insert_with(|| after.name.clone());
    between(wish, slug, &before, after, &operation(alter.clone()))
}

fn between(wish: &Wish<'_>, slug: &str, before: &Table, after: &Table, operation: &Operation) -> Option<Vec<Step>> {
    let same_columns = before.columns == after.columns && before.triggers == after.triggers;
    if !same_columns || before.origin.is_none() {
        return None;
    }
    let added: Vec<&Constraint> = after.constraints.iter().filter(|it| !before.constraints.contains(it)).collect();
    let removed: Vec<&Constraint> = before.constraints.iter().filter(|it| !after.constraints.contains(it)).collect();
    let built: Vec<&Index> = after.indexes.iter().filter(|it| !before.indexes.contains(it)).collect();
    let dropped: Vec<&Index> = before.indexes.iter().filter(|it| !after.indexes.contains(it)).collect();
    if added.is_empty() && built.is_empty() {
        return None;
    }
    let table = quoted(&after.name);
    let mut steps = Vec::new();
    for constraint in added {
        steps.extend(constraint_steps(wish, &table, constraint)?);
    }
    for index in built {
        let build = build(after, index)?;
        steps.push(alone(wish, Transaction::None, vec![build], vec![drop_index(index)]));
    }
    for constraint in removed {
        let drop = format!("ALTER TABLE {table} DROP CONSTRAINT {}", quoted(&constraint.name));
        let again = again(&table, constraint)?;
        steps.push(alone(wish, Transaction::Own, vec![drop], vec![again]));
    }
    for index in dropped {
        let again = build(before, index)?;
        steps.push(alone(wish, Transaction::None, vec![drop_index(index)], vec![again]));
    }
    // The state follows with the last of them.
    let (last, first) = steps.split_last_mut()?;
    if let Some(Planned::Sql(sql)) = last.operations.first_mut() {
        sql.state = vec![operation.clone()];
    }
    for (at, step) in first.iter_mut().enumerate() {
        step.slug = format!("{slug}_{}", at + 1);
    }
    last.slug = slug.to_owned();
    Some(steps)
}

fn alone(wish: &Wish<'_>, transaction: Transaction, forwards: Vec<String>, backwards: Vec<String>) -> Step {
    Step::of(wish.app, "", Planned::Sql(Sql { forwards, backwards, state: Vec::new() })).transaction(transaction)
}

fn constraint_steps(wish: &Wish<'_>, table: &str, constraint: &Constraint) -> Option<Vec<Step>> {
    let name = quoted(&constraint.name);
    let drop = format!("ALTER TABLE {table} DROP CONSTRAINT {name}");
    match &constraint.kind {
        ConstraintKind::Unique { columns, is_deferrable: false, nulls_distinct: true } => {
            let build = format!("CREATE UNIQUE INDEX CONCURRENTLY {name} ON {table} ({})", list(columns));
            let attach = format!("ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE USING INDEX {name}");
            Some(vec![
                alone(wish, Transaction::None, vec![build], vec![format!("DROP INDEX CONCURRENTLY IF EXISTS {name}")]),
                alone(wish, Transaction::Own, vec![attach], vec![drop]),
            ])
        }
        ConstraintKind::ForeignKey(_) => {
            let add = format!("{} NOT VALID", again(table, constraint)?);
            let validate = format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}");
            Some(vec![alone(wish, Transaction::Own, vec![add], vec![drop]), alone(wish, Transaction::Own, vec![validate], Vec::new())])
        }
        _ => None,
    }
}

/// The statement that makes a constraint.
fn again(table: &str, constraint: &Constraint) -> Option<String> {
    let name = quoted(&constraint.name);
    let what = match &constraint.kind {
        ConstraintKind::Unique { columns, is_deferrable: false, nulls_distinct: true } => format!("UNIQUE ({})", list(columns)),
        ConstraintKind::ForeignKey(key) => {
            use crate::schema::table::ForeignKeyAction as Action;
            let action = match key.on_delete {
                Action::Refuse => "",
                Action::Cascade => " ON DELETE CASCADE",
                Action::SetNull => " ON DELETE SET NULL",
                Action::SetDefault => " ON DELETE SET DEFAULT",
            };
            format!(
                "FOREIGN KEY ({}) REFERENCES {} ({}){action} DEFERRABLE INITIALLY DEFERRED",
                list(&key.columns),
                quoted(&key.table),
                list(&key.target_columns)
            )
        }
        _ => return None,
    };
    Some(format!("ALTER TABLE {table} ADD CONSTRAINT {name} {what}"))
}

fn build(table: &Table, index: &Index) -> Option<String> {
    if index.is_unique || index.condition.is_some() || !index.expressions.is_empty() || index.method != "btree" {
        return None;
    }
    let columns = if index.is_pattern {
        // Django's second index on a text column, for `LIKE`.
        let is_varchar = |column: &Name| table.column(column).is_some_and(|it| matches!(it.column_type, ColumnType::Varchar(_)));
        let class = |column: &Name| if is_varchar(column) { "varchar_pattern_ops" } else { "text_pattern_ops" };
        index.columns.iter().map(|column| format!("{} {}", quoted(column), class(column))).collect::<Vec<_>>().join(", ")
    } else {
        list(&index.columns)
    };
    Some(format!("CREATE INDEX CONCURRENTLY {} ON {} ({columns})", quoted(&index.name), quoted(&table.name)))
}

fn drop_index(index: &Index) -> String {
    format!("DROP INDEX CONCURRENTLY IF EXISTS {}", quoted(&index.name))
}

fn list(columns: &[Name]) -> String {
    columns.iter().map(|column| quoted(column)).collect::<Vec<_>>().join(", ")
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
