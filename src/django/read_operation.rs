//! From the evaluated items of `operations` to operations.

use super::declare;
use super::field::{Field, ModelKey};
use super::operation::{Operation, OperationKind, RenamedIndex, RunPython, SqlStatement};
use super::operation_class::{CustomOperation, Half, Step, custom_operation, django_operation};
use super::resolve::{Resolve, resolve_value};
use super::state::{Base, Options};
use crate::facts::value::{Call, Path, Value, ValueKind};
use crate::syntax::ast::{Name, Span};
use std::sync::Arc;

/// Reads the list given as `operations`. What can't be read becomes `OperationKind::Unknown`, so that nothing is lost.
pub fn read_operations(value: &Value, scope: &dyn Resolve) -> Vec<Operation> {
    let value = resolve_value(value, scope);
    match value.items() {
        Some(items) => items.iter().map(|item| read_operation(item, scope)).collect(),
        None => match &value.kind {
            // A list plus something that is not known: what is known is read, the rest is one unknown operation.
            ValueKind::Binary { left, right, .. } => {
                let mut operations = read_operations(left, scope);
                operations.extend(read_operations(right, scope));
                operations
            }
            _ => vec![unknown(value.span, "operations", "the list of operations could not be evaluated".to_owned())],
        },
    }
}

fn read_operation(value: &Value, scope: &dyn Resolve) -> Operation {
    let Some(call) = value.as_call() else {
        return unknown(value.span, &describe(value), "an item of `operations` could not be evaluated".to_owned());
    };
    let Some(path) = call.path() else {
        return unknown(value.span, "operation", "the class of an operation could not be evaluated".to_owned());
    };
    let class = scope.absolute(path);
    read_call(&class, call, value.span, scope)
}

fn read_call(class: &Path, call: &Call, span: Span, scope: &dyn Resolve) -> Operation {
    if let Some(name) = django_operation(class) {
        return match read_kind(name, call, scope) {
            Some(kind) => Operation { span, class: class.last().into(), kind },
            None => unknown(span, class.last(), format!("the arguments of `{}` could not be evaluated", class.last())),
        };
    }
    match custom_operation(class, call, scope) {
        Some(custom) => read_custom(class, &custom, span, scope),
        None => unknown(
            span,
            class.last(),
            format!("what the operation class `{}` does to the database can't be known", class.as_str().trim_start_matches(':')),
        ),
    }
}

/// A subclass: its base, as far as it does not override what the base does.
fn read_custom(class: &Path, custom: &CustomOperation, span: Span, scope: &dyn Resolve) -> Operation {
    let class = Name::from(class.last());
    let Some(kind) = read_kind(custom.base, &custom.call, scope) else {
        return unknown(span, &class, format!("the arguments of `{class}` could not be evaluated"));
    };
    let base = Operation { span, class: class.clone(), kind };
    let operations = |half: &Half| match half {
        Half::Opaque => None,
        Half::Steps(steps) => Some(steps.iter().map(|step| operation_of(step, &base)).collect::<Vec<_>>()),
    };
    let inherits = |half: &Half| *half == Half::inherited();
    if inherits(&custom.database) && inherits(&custom.state) {
        return base;
    }
    let kind = match (operations(&custom.database), operations(&custom.state)) {
        (Some(database), Some(state)) => OperationKind::SeparateDatabaseAndState { database, state },
        (_, state) => OperationKind::Unknown {
            why: format!("`{class}` overrides what `{}` does", custom.base),
            state: state.map(|operations| {
                let kind = OperationKind::SeparateDatabaseAndState { database: Vec::new(), state: operations };
                Box::new(Operation { span, class: class.clone(), kind })
            }),
        },
    };
    Operation { span, class, kind }
}

fn operation_of(step: &Step, base: &Operation) -> Operation {
    match step {
        Step::Base => base.clone(),
        Step::Sql { text, has_params } => {
            let text = match &text.kind {
                ValueKind::Str(text) => Some(Arc::clone(text)),
                _ => None,
            };
            // Django asks the class, and not this statement, whether it can be reversed.
            let sql = vec![SqlStatement { text, has_params: *has_params, span: base.span }];
            let kind = OperationKind::RunSql { sql, reversible: true, state_operations: Vec::new() };
            Operation { span: base.span, class: base.class.clone(), kind }
        }
    }
}

fn unknown(span: Span, class: &str, why: String) -> Operation {
    Operation { span, class: class.into(), kind: OperationKind::Unknown { why, state: None } }
}

/// A few letters for an item that is no call.
fn describe(value: &Value) -> String {
    match &value.kind {
        ValueKind::Ref(path) => path.last().to_owned(),
        _ => "operation".to_owned(),
    }
}

/// The operation of Django's class `class`; `None` where an argument that matters could not be evaluated.
fn read_kind(class: &str, call: &Call, scope: &dyn Resolve) -> Option<OperationKind> {
    use OperationKind as Kind;
    if call.is_open() {
        return None;
    }
    let value = |position: usize, name: &str| call.arg(position, name);
    let name_at = |position: usize, name: &str| -> Option<Name> { Some(value(position, name)?.as_str()?.into()) };
    // `None` for a Python `None`, `Some(None)` never: an argument that is no literal makes the whole unreadable.
    let optional = |position: usize, name: &str| -> Option<Option<Name>> {
        match value(position, name) {
            None => Some(None),
            Some(value) if value.is_none() => Some(None),
            Some(value) => Some(Some(value.as_str()?.into())),
        }
    };
    let preserve_default = || value(3, "preserve_default").and_then(Value::as_bool).unwrap_or(true);
    let field = || -> Option<Arc<Field>> {
        let declared = value(2, "field")?;
        Some(Arc::new(declare::field(&name_at(1, "name")?, declared, declared.span, scope)?))
    };
    let operations = |position: usize, name: &str| {
        value(position, name).filter(|value| !value.is_none()).map(|value| read_operations(value, scope)).unwrap_or_default()
    };
    Some(match class {
        "CreateModel" => {
            let (fields, all_fields) = read_fields(value(1, "fields")?, scope)?;
            let mut options = read_options(value(2, "options"), scope);
            options.uncertain |= !all_fields;
            Kind::CreateModel { name: name_at(0, "name")?, fields, options: Box::new(options), bases: read_bases(value(3, "bases"), scope) }
        }
        "DeleteModel" => Kind::DeleteModel { name: name_at(0, "name")? },
        "RenameModel" => Kind::RenameModel { old: name_at(0, "old_name")?, new: name_at(1, "new_name")? },
        "AlterModelTable" => Kind::AlterModelTable { name: name_at(0, "name")?, table: optional(1, "table")? },
        "AlterModelTableComment" => Kind::AlterModelTableComment { name: name_at(0, "name")?, comment: optional(1, "table_comment")? },
        "AlterUniqueTogether" => Kind::AlterUniqueTogether {
            name: name_at(0, "name")?,
            sets: value(1, "unique_together").map(declare::name_sets).unwrap_or_default(),
        },
        "AlterIndexTogether" => Kind::AlterIndexTogether {
            name: name_at(0, "name")?,
            sets: value(1, "index_together").map(declare::name_sets).unwrap_or_default(),
        },
        "AlterOrderWithRespectTo" => {
            Kind::AlterOrderWithRespectTo { name: name_at(0, "name")?, field: optional(1, "order_with_respect_to")? }
        }
        "AlterModelOptions" => Kind::AlterModelOptions { name: name_at(0, "name")?, options: value(1, "options")?.clone() },
        "AlterModelManagers" => Kind::AlterModelManagers { name: name_at(0, "name")? },
        "AddField" => Kind::AddField { model: name_at(0, "model_name")?, field: field()?, preserve_default: preserve_default() },
        "RemoveField" => Kind::RemoveField { model: name_at(0, "model_name")?, name: name_at(1, "name")? },
        "AlterField" => Kind::AlterField { model: name_at(0, "model_name")?, field: field()?, preserve_default: preserve_default() },
        "RenameField" => Kind::RenameField { model: name_at(0, "model_name")?, old: name_at(1, "old_name")?, new: name_at(2, "new_name")? },
        "AddIndex" | "AddIndexConcurrently" => Kind::AddIndex {
            model: name_at(0, "model_name")?,
            index: Arc::new(declare::index(value(1, "index")?, scope)?),
            concurrently: class == "AddIndexConcurrently",
        },
        "RemoveIndex" | "RemoveIndexConcurrently" => Kind::RemoveIndex {
            model: name_at(0, "model_name")?,
            name: name_at(1, "name")?,
            concurrently: class == "RemoveIndexConcurrently",
        },
        "RenameIndex" => Kind::RenameIndex {
            model: name_at(0, "model_name")?,
            new: name_at(1, "new_name")?,
            old: match optional(2, "old_name")? {
                Some(name) => RenamedIndex::Name(name),
                None => RenamedIndex::Fields(declare::names(value(3, "old_fields")?)),
            },
        },
        "AddConstraint" | "AddConstraintNotValid" => Kind::AddConstraint {
            model: name_at(0, "model_name")?,
            constraint: Arc::new(declare::constraint(value(1, "constraint")?, scope)?),
            not_valid: class == "AddConstraintNotValid",
        },
        "RemoveConstraint" => Kind::RemoveConstraint { model: name_at(0, "model_name")?, name: name_at(1, "name")? },
        "AlterConstraint" => Kind::AlterConstraint {
            model: name_at(0, "model_name")?,
            name: name_at(1, "name")?,
            constraint: Arc::new(declare::constraint(value(2, "constraint")?, scope)?),
        },
        "ValidateConstraint" => Kind::ValidateConstraint { model: name_at(0, "model_name")?, name: name_at(1, "name")? },
        "RunSQL" => Kind::RunSql {
            sql: read_sql(value(0, "sql")?),
            reversible: value(1, "reverse_sql").is_some_and(|value| !value.is_none()),
            state_operations: operations(2, "state_operations"),
        },
        "RunPython" => Kind::RunPython(RunPython {
            body: value(0, "code")?.as_path().and_then(|path| scope.body(path)).map(Arc::new),
            code: value(0, "code")?.clone(),
            reversible: value(1, "reverse_code").is_some_and(|value| !value.is_none()),
            atomic: value(2, "atomic").and_then(Value::as_bool),
        }),
        "SeparateDatabaseAndState" => {
            Kind::SeparateDatabaseAndState { database: operations(0, "database_operations"), state: operations(1, "state_operations") }
        }
        "CreateCollation" => Kind::CreateCollation {
            name: name_at(0, "name")?,
            is_deterministic: call.kwarg("deterministic").and_then(Value::as_bool).unwrap_or(true),
        },
        "RemoveCollation" => Kind::RemoveCollation { name: name_at(0, "name")? },
        "AddDefaultValue" => {
            Kind::SetDatabaseDefault { model: name_at(0, "model_name")?, name: name_at(1, "name")?, value: value(2, "value")?.clone() }
        }
        "RemoveTrigger" => Kind::RemoveTrigger { model: name_at(0, "model_name")?, name: name_at(1, "name")? },
        "CreateExtension" => Kind::CreateExtension { name: name_at(0, "name")? },
        extension => Kind::CreateExtension { name: extension_of(extension)?.into() },
    })
}

/// The extension that one of `contrib.postgres`' named operations creates.
fn extension_of(class: &str) -> Option<&'static str> {
    Some(match class {
        "BloomExtension" => "bloom",
        "BtreeGinExtension" => "btree_gin",
        "BtreeGistExtension" => "btree_gist",
        "CITextExtension" => "citext",
        "CryptoExtension" => "pgcrypto",
        "HStoreExtension" => "hstore",
        "TrigramExtension" => "pg_trgm",
        "UnaccentExtension" => "unaccent",
        _ => return None,
    })
}

/// The fields that could be read, and whether those are all; `None` where it is no list at all.
fn read_fields(value: &Value, scope: &dyn Resolve) -> Option<(Vec<Arc<Field>>, bool)> {
    let items = value.items()?;
    let read = |item: &Value| match item.items() {
        Some([name, declared]) => declare::field(name.as_str()?, declared, item.span, scope).map(Arc::new),
        _ => None,
    };
    let fields: Vec<_> = items.iter().filter_map(read).collect();
    let all = fields.len() == items.len();
    Some((fields, all))
}

fn read_options(value: Option<&Value>, scope: &dyn Resolve) -> Options {
    match value {
        None => Options::default(),
        Some(Value { kind: ValueKind::Dict(items), .. }) => {
            let entries = items.iter().filter_map(|(key, value)| Some((key.as_ref()?.as_str()?, value)));
            let mut options = declare::options(entries, scope);
            options.uncertain |= items.iter().any(|(key, _)| key.as_ref().and_then(Value::as_str).is_none());
            options
        }
        Some(value) => Options { uncertain: !value.is_none(), ..Options::default() },
    }
}

fn read_bases(value: Option<&Value>, scope: &dyn Resolve) -> Vec<Base> {
    let Some(value) = value else { return Vec::new() };
    value.items().map_or_else(|| vec![Base::Unknown], |items| items.iter().map(|item| read_base(item, scope)).collect())
}

fn read_base(value: &Value, scope: &dyn Resolve) -> Base {
    match &value.kind {
        ValueKind::Str(text) => match text.split_once('.') {
            Some((app, model)) => Base::Model(ModelKey::new(app, model)),
            None => Base::Unknown,
        },
        ValueKind::Ref(path) => Base::Class(scope.absolute(path)),
        _ => Base::Unknown,
    }
}

/// `RunSQL(sql)`: a text, or a list of texts and of pairs `(text, params)`.
fn read_sql(value: &Value) -> Vec<SqlStatement> {
    let statement = |value: &Value, has_params: bool| SqlStatement {
        text: match &value.kind {
            ValueKind::Str(text) => Some(Arc::clone(text)),
            // `RunSQL.noop` is the empty text.
            ValueKind::Ref(path) if path.as_str().ends_with("RunSQL.noop") => Some("".into()),
            _ => None,
        },
        has_params,
        span: value.span,
    };
    match value.items() {
        Some(items) => items
            .iter()
            .map(|item| match item.items() {
                Some([text, params]) => statement(text, !params.is_none()),
                Some([text]) => statement(text, false),
                _ => statement(item, false),
            })
            .collect(),
        None => vec![statement(value, false)],
    }
}
