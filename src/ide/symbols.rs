//! The outline of a file: a migration with its operations, models with their fields.

use crate::facts::value::{Call, Value, ValueKind};
use crate::facts::{ClassFacts, FileFacts, MigrationFacts};
use crate::syntax::ast::Span;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    /// A few words beside the name; may be empty.
    pub detail: String,
    pub kind: SymbolKind,
    /// All of it.
    pub span: Span,
    /// Its name.
    pub name_span: Span,
    pub children: Vec<Symbol>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SymbolKind {
    Migration,
    Operation,
    Model,
    Field,
    /// `Meta`
    Options,
}

/// What Django makes of the file; empty for one that has neither migrations nor models.
pub fn symbols(facts: &FileFacts) -> Vec<Symbol> {
    let mut symbols: Vec<Symbol> = facts.classes.iter().filter_map(model).collect();
    symbols.extend(facts.migration.as_ref().map(migration));
    symbols.sort_by_key(|symbol| symbol.span);
    symbols
}

fn migration(migration: &MigrationFacts) -> Symbol {
    let mut operations = Vec::new();
    if let Some(value) = &migration.operations {
        collect_operations(value, migration.class, &mut operations);
    }
    let detail = match operations.len() {
        1 => "1 operation".to_owned(),
        count => format!("{count} operations"),
    };
    Symbol {
        name: "Migration".to_owned(),
        detail,
        kind: SymbolKind::Migration,
        span: migration.class,
        name_span: migration.name,
        children: operations,
    }
}

/// Operations that the class doesn't hold itself (of a helper, of an import) have no place in its outline.
fn collect_operations(value: &Value, class: Span, symbols: &mut Vec<Symbol>) {
    match &value.kind {
        ValueKind::Binary { left, right, .. } => {
            collect_operations(left, class, symbols);
            collect_operations(right, class, symbols);
        }
        ValueKind::Call(call) if class.start <= value.span.start && value.span.end <= class.end => {
            let mut children = Vec::new();
            for (name, argument) in &call.kwargs {
                if name.as_deref().is_some_and(|name| name.ends_with("operations")) {
                    collect_operations(argument, class, &mut children);
                }
            }
            symbols.push(Symbol {
                name: operation_name(call),
                detail: subject(call),
                kind: SymbolKind::Operation,
                span: value.span,
                name_span: call.func.span,
                children,
            });
        }
        _ => value.items().unwrap_or_default().iter().for_each(|item| collect_operations(item, class, symbols)),
    }
}

fn operation_name(call: &Call) -> String {
    call.func.as_path().map_or("operation", |path| path.last()).to_owned()
}

/// `order.note`: what an operation names of models and fields, by position or by keyword.
fn subject(call: &Call) -> String {
    let keyword = |wanted: &[&str]| {
        call.kwargs
            .iter()
            .find(|(name, _)| name.as_deref().is_some_and(|name| wanted.contains(&name)))
            .and_then(|(_, value)| value.as_str())
    };
    let mut positional = call.args.iter().map_while(Value::as_str);
    let first = keyword(&["model_name", "old_name"]).or_else(|| keyword(&["name"]).filter(|_| keyword(&["model_name"]).is_none()));
    let first = first.or_else(|| positional.next());
    let second = keyword(&["model_name"]).and_then(|_| keyword(&["name", "old_name"])).or_else(|| positional.next());
    let is_about_models = call.func.as_path().is_some_and(|path| !path.last().starts_with("Run"));
    [first, second].into_iter().flatten().filter(|_| is_about_models).collect::<Vec<_>>().join(".")
}

/// A class with fields is one of a model, or is mixed into one.
fn model(class: &ClassFacts) -> Option<Symbol> {
    let mut children: Vec<Symbol> = class
        .members
        .iter()
        .filter_map(|member| {
            let class = member.value.as_ref()?.as_call()?.func.as_path()?.last().to_owned();
            is_field_class(&class).then(|| Symbol {
                name: member.name.name.to_string(),
                detail: class,
                kind: SymbolKind::Field,
                span: member.span,
                name_span: member.name.span,
                children: Vec::new(),
            })
        })
        .collect();
    let is_model = class.bases.iter().filter_map(Value::as_path).any(|base| base.last() == "Model");
    if children.is_empty() && !is_model {
        return None;
    }
    children.extend(class.classes.iter().filter(|inner| inner.name.name == "Meta").map(|meta| Symbol {
        name: "Meta".to_owned(),
        detail: String::new(),
        kind: SymbolKind::Options,
        span: meta.span,
        name_span: meta.name.span,
        children: Vec::new(),
    }));
    children.sort_by_key(|symbol| symbol.span);
    let bases: Vec<&str> = class.bases.iter().filter_map(Value::as_path).map(|base| base.last()).collect();
    Some(Symbol {
        name: class.name.name.to_string(),
        detail: bases.join(", "),
        kind: SymbolKind::Model,
        span: class.span,
        name_span: class.name.span,
        children,
    })
}

/// By name alone: a file's own text doesn't tell what a class of another file is.
fn is_field_class(name: &str) -> bool {
    name.ends_with("Field") || matches!(name, "ForeignKey" | "ParentalKey" | "GenericForeignKey" | "GenericRelation")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::facts;
    use crate::syntax::{Dialect, parse};
    use expect_test::{Expect, expect};
    use std::fmt::Write;

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        fn write(symbols: &[Symbol], text: &str, depth: usize, out: &mut String) {
            for symbol in symbols {
                let word = text.get(symbol.name_span.range()).unwrap_or_default();
                writeln!(out, "{}{:?} {} | {} | {word}", "  ".repeat(depth), symbol.kind, symbol.name, symbol.detail).unwrap();
                write(&symbol.children, text, depth + 1, out);
            }
        }
        let mut out = String::new();
        write(&symbols(&facts(&parse(text, Dialect::Module), text)), text, 0, &mut out);
        expected.assert_eq(&out);
    }

    #[test]
    fn a_migration_has_its_operations() {
        check(
            r#"
from django.db import migrations, models

class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RemoveField("order", "note"),
        migrations.RenameField(model_name="order", old_name="a", new_name="b"),
        migrations.CreateModel(name="Item", fields=[("id", models.AutoField(primary_key=True))]),
        migrations.RunSQL("DROP TABLE x"),
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("Item")]),
    ]
"#,
            &expect![[r#"
                Migration Migration | 5 operations | Migration
                  Operation RemoveField | order.note | migrations.RemoveField
                  Operation RenameField | order.a | migrations.RenameField
                  Operation CreateModel | Item | migrations.CreateModel
                  Operation RunSQL |  | migrations.RunSQL
                  Operation SeparateDatabaseAndState |  | migrations.SeparateDatabaseAndState
                    Operation DeleteModel | Item | migrations.DeleteModel
            "#]],
        );
    }

    #[test]
    fn models_have_their_fields_and_other_classes_are_left_to_others() {
        check(
            r#"
from django.db import models

class Order(Base, models.Model):
    note = models.TextField()
    objects = Manager()
    owner = models.ForeignKey("auth.User", models.CASCADE)
    class Meta:
        db_table = "x"
    class Inner:
        pass

class View:
    x = 1
"#,
            &expect![[r#"
                Model Order | Base, Model | Order
                  Field note | TextField | note
                  Field owner | ForeignKey | owner
                  Options Meta |  | Meta
            "#]],
        );
    }
}
