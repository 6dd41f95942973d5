//! Facts as text, close to Python, for the tests.

use super::value::{Clause, Target, Value, ValueKind};
use super::{ClassFacts, FileFacts, Function, MigrationFacts, SuppressionScope};
use crate::syntax::ast::{BinaryOp, BoolOp, CompareOp, ComprehensionKind, ParameterKind};
use std::fmt::Write;

/// What is worth reading of a file's facts; empty parts are left out.
pub(crate) fn dump(facts: &FileFacts, text: &str) -> String {
    let mut out = String::new();
    for import in &facts.imports {
        line(&mut out, 0, &format!("import {} = {}", import.name, import.target.as_str()));
    }
    for star in &facts.star_imports {
        line(&mut out, 0, &format!("import * from {}{}", star.module.as_str(), if star.conditional { " ?" } else { "" }));
    }
    for (name, value) in &facts.constants {
        line(&mut out, 0, &format!("{name} = {}", show(value)));
    }
    facts.functions.iter().for_each(|function| dump_function(&mut out, 0, function));
    facts.classes.iter().for_each(|class| dump_class(&mut out, 0, class));
    if let Some(migration) = &facts.migration {
        dump_migration(&mut out, migration);
    }
    for addition in &facts.additions {
        let member = match &addition.member {
            Some((name, value)) => format!("{name} = {}", show(value)),
            None => "?".into(),
        };
        line(&mut out, 0, &format!("addition to {}: {member}", addition.class.as_str()));
    }
    for suppression in &facts.suppressions {
        let codes: Vec<&str> = suppression.codes.iter().map(|code| code.name.as_str()).collect();
        let scope = match suppression.scope {
            SuppressionScope::File => "file".to_owned(),
            SuppressionScope::Line(offset) => format!("line {}", text[..offset as usize].matches('\n').count() + 1),
        };
        line(&mut out, 0, &format!("suppression {codes:?} of {scope}: {:?}", suppression.reason.as_deref().unwrap_or_default()));
    }
    out
}

fn line(out: &mut String, indent: usize, text: &str) {
    let _ = writeln!(out, "{:indent$}{text}", "", indent = indent * 2);
}

fn dump_function(out: &mut String, indent: usize, function: &Function) {
    let params: Vec<String> = function
        .params
        .iter()
        .map(|param| {
            let stars = match param.kind {
                ParameterKind::VarArgs => "*",
                ParameterKind::KwArgs => "**",
                ParameterKind::PositionalOnly | ParameterKind::Regular | ParameterKind::KeywordOnly => "",
            };
            let default = param.default.as_ref().map(|default| format!("={}", show(default))).unwrap_or_default();
            format!("{stars}{}{default}", param.name)
        })
        .collect();
    let decorators: String = function.decorators.iter().map(|decorator| format!("@{} ", show(decorator))).collect();
    let returns = function.returns.as_ref().map(|value| format!(" -> {}", show(value))).unwrap_or_default();
    let empty = if function.is_empty { " (empty)" } else { "" };
    line(out, indent, &format!("{decorators}def {}({}){returns}{empty}", function.name.name, params.join(", ")));
    for call in &function.calls {
        let guards: String = call.guards.iter().map(|guard| format!("{guard} ")).collect();
        let marks = format!("{guards}{}{}", if call.conditional { "? " } else { "" }, if call.repeated { "* " } else { "" });
        line(out, indent + 1, &format!("{marks}{}", show(&call.value)));
    }
}

fn dump_class(out: &mut String, indent: usize, class: &ClassFacts) {
    let mut arguments: Vec<String> = class.bases.iter().map(show).collect();
    arguments.extend(class.keywords.iter().map(|(name, value)| format!("{name}={}", show(value))));
    let decorators: String = class.decorators.iter().map(|decorator| format!("@{} ", show(decorator))).collect();
    let marks = format!("{}{}", if class.conditional { " ?" } else { "" }, if class.dynamic.is_some() { " dynamic" } else { "" });
    line(out, indent, &format!("{decorators}class {}({}){marks}", class.name.name, arguments.join(", ")));
    for member in &class.members {
        let annotation = member.annotation.as_ref().map(|annotation| format!(": {}", show(annotation))).unwrap_or_default();
        let value = member.value.as_ref().map(|value| format!(" = {}", show(value))).unwrap_or_default();
        let mark = if member.conditional { " ?" } else { "" };
        line(out, indent + 1, &format!("{}{annotation}{value}{mark}", member.name.name));
    }
    class.methods.iter().for_each(|method| dump_function(out, indent + 1, method));
    class.classes.iter().for_each(|inner| dump_class(out, indent + 1, inner));
}

fn dump_migration(out: &mut String, migration: &MigrationFacts) {
    let bases: Vec<String> = migration.bases.iter().map(show).collect();
    line(out, 0, &format!("migration({})", bases.join(", ")));
    let parts = [
        ("dependencies", &migration.dependencies),
        ("run_before", &migration.run_before),
        ("replaces", &migration.replaces),
        ("atomic", &migration.atomic),
        ("initial", &migration.initial),
    ];
    for (name, value) in parts {
        if let Some(value) = value {
            line(out, 1, &format!("{name} = {}", show(value)));
        }
    }
    match migration.operations.as_ref().map(|value| (value, value.items())) {
        Some((_, Some(items))) => items.iter().for_each(|item| line(out, 1, &format!("- {}", show(item)))),
        Some((value, None)) => line(out, 1, &format!("operations = {}", show(value))),
        None => {}
    }
    migration.methods.iter().for_each(|method| dump_function(out, 1, method));
}

/// A value as an expression. What is not known is `?`, a parameter `$name`.
pub(crate) fn show(value: &Value) -> String {
    let list = |items: &[Value]| items.iter().map(show).collect::<Vec<_>>().join(", ");
    match &value.kind {
        ValueKind::None => "None".into(),
        ValueKind::Bool(true) => "True".into(),
        ValueKind::Bool(false) => "False".into(),
        ValueKind::Int(number) => number.to_string(),
        ValueKind::Float(text) => text.to_string(),
        ValueKind::Str(text) => format!("{text:?}"),
        ValueKind::List(items) => format!("[{}]", list(items)),
        ValueKind::Tuple(items) => format!("({}{})", list(items), if items.len() == 1 { "," } else { "" }),
        ValueKind::Set(items) => format!("{{{}}}", list(items)),
        ValueKind::Dict(entries) => {
            let entry = |(key, value): &(Option<Value>, Value)| match key {
                Some(key) => format!("{}: {}", show(key), show(value)),
                None => format!("**{}", show(value)),
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
        ValueKind::Starred(inner) => format!("*{}", show(inner)),
        ValueKind::Ref(path) => path.as_str().to_owned(),
        ValueKind::Call(call) => {
            let mut arguments: Vec<String> = call.args.iter().map(show).collect();
            arguments.extend(call.kwargs.iter().map(|(name, value)| match name {
                Some(name) => format!("{name}={}", show(value)),
                None => format!("**{}", show(value)),
            }));
            format!("{}({})", show(&call.func), arguments.join(", "))
        }
        ValueKind::Binary { left, op, right } => format!("({} {} {})", show(left), binary(*op), show(right)),
        ValueKind::Compare { left, op, right } => format!("({} {} {})", show(left), compare(*op), show(right)),
        ValueKind::Logic { op, operands } => {
            let word = if *op == BoolOp::And { " and " } else { " or " };
            format!("({})", operands.iter().map(show).collect::<Vec<_>>().join(word))
        }
        ValueKind::Not(operand) => format!("not {}", show(operand)),
        ValueKind::Invert(operand) => format!("~{}", show(operand)),
        ValueKind::Conditional { test, body, orelse } => format!("({} if {} else {})", show(body), show(test), show(orelse)),
        ValueKind::Format(parts) => format!("f({})", list(parts)),
        ValueKind::Comprehension(it) => {
            let clause = |clause: &Clause| {
                let conditions: String = clause.conditions.iter().map(|condition| format!(" if {}", show(condition))).collect();
                format!(" for {} in {}{conditions}", target(&clause.target), show(&clause.iter))
            };
            let clauses: String = it.clauses.iter().map(clause).collect();
            let value = it.value.as_ref().map(|value| format!(": {}", show(value))).unwrap_or_default();
            let (open, close) = match it.kind {
                ComprehensionKind::List => ("[", "]"),
                ComprehensionKind::Set | ComprehensionKind::Dict => ("{", "}"),
                ComprehensionKind::Generator => ("(", ")"),
            };
            format!("{open}{}{value}{clauses}{close}", show(&it.element))
        }
        ValueKind::Param(name) => format!("${}", plain(name)),
        ValueKind::Subscript { value, index } => format!("{}[{}]", show(value), show(index)),
        ValueKind::Attribute { value, attr } => format!("{}.{attr}", show(value)),
        ValueKind::Unknown => "?".into(),
    }
}

/// A variable without the offset that makes it unique.
fn plain(name: &str) -> &str {
    name.split('@').next().unwrap_or_default()
}

fn target(it: &Target) -> String {
    match it {
        Target::Name(name) => format!("${}", plain(name)),
        Target::Tuple(items) => format!("({})", items.iter().map(target).collect::<Vec<_>>().join(", ")),
        Target::Other => "?".into(),
    }
}

fn binary(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Sub => "-",
        BinaryOp::Mult => "*",
        BinaryOp::MatMult => "@",
        BinaryOp::Div => "/",
        BinaryOp::Mod => "%",
        BinaryOp::Pow => "**",
        BinaryOp::LShift => "<<",
        BinaryOp::RShift => ">>",
        BinaryOp::BitOr => "|",
        BinaryOp::BitXor => "^",
        BinaryOp::BitAnd => "&",
        BinaryOp::FloorDiv => "//",
    }
}

fn compare(op: CompareOp) -> &'static str {
    match op {
        CompareOp::Eq => "==",
        CompareOp::NotEq => "!=",
        CompareOp::Lt => "<",
        CompareOp::LtE => "<=",
        CompareOp::Gt => ">",
        CompareOp::GtE => ">=",
        CompareOp::Is => "is",
        CompareOp::IsNot => "is not",
        CompareOp::In => "in",
        CompareOp::NotIn => "not in",
    }
}
