//! A planned migration as a file, formatted as Django's `MigrationWriter` does.

use super::backfill;
use super::operation::{Declared, Lines};
use super::python::quoted;
use crate::analysis::report::OperationRef;
use crate::django::graph::{Dependency, MigrationKey};
use crate::django::migration::Migration;
use crate::facts::value::Value;
use crate::phases::chain::Planned;
use crate::phases::ground::Ground;
use crate::phases::plan::PlannedMigration;
use crate::references::reference::CodeVersion;
use crate::syntax::ast::Name;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The text of a migration; an error says what can't be written. `comment` is its first line, `ignored` are the rules that need not
/// warn of it.
pub(super) fn text(planned: &PlannedMigration, comment: &str, ignored: &[&str], ground: &Ground<'_>) -> Result<String, String> {
    if let Some(text) = untouched(planned, ground).filter(|_| ignored.is_empty()) {
        return Ok(text);
    }
    let created = Created { ground, app: &planned.key.app };
    let mut functions = Vec::new();
    let mut imports = BTreeSet::new();
    let mut lines = Lines::at(2);
    let mut kept: Option<&Arc<Migration>> = None;
    for operation in &planned.operations {
        let unwritable =
            || format!("`{}` of {} can't be written: something in it has no text of its own", operation.operation().class, planned.key);
        match operation {
            Planned::Django(operation) => lines.operation(operation, &created).ok_or_else(unwritable)?,
            Planned::Sql(sql) => lines.sql(sql, &created).ok_or_else(unwritable)?,
            Planned::Backfill(filled) => {
                let (text, needs) = backfill::function(filled).ok_or_else(unwritable)?;
                imports.extend(needs);
                functions.push(text);
                lines.line(&format!("migrations.RunPython({}, migrations.RunPython.noop),", backfill::name(filled)));
            }
            Planned::Kept { at, operation } => {
                let migration = origin(at, ground).ok_or_else(unwritable)?;
                if kept.is_some_and(|it| it.key != migration.key) {
                    // Two files' functions may have one name; what Django's own classes say can be said again.
                    lines.operation(operation, &created).ok_or_else(unwritable)?;
                    continue;
                }
                kept = Some(migration);
                lines.line(&format!("{},", source(migration, operation.span, ground).ok_or_else(unwritable)?));
            }
        }
    }
    imports.extend(std::mem::take(&mut lines.imports));
    let head = match kept {
        Some(migration) => head_of(migration, &imports, ground).ok_or_else(|| format!("{} can't be taken apart", migration.key))?,
        None => own_head(planned, &lines.text, imports),
    };
    let mut out = format!("# {comment}\n{head}");
    if !functions.is_empty() {
        out.push_str(&format!("\n\nBATCH_SIZE = 1000\n\n\n{}", functions.join("\n\n")));
    }
    out.push_str("\n\nclass Migration(migrations.Migration):");
    if !ignored.is_empty() {
        out.push_str(&format!("  # preboot: ignore[{}] the code doesn't do it: this PR asks for that, or one before", ignored.join(", ")));
    }
    out.push_str("\n\n");
    if planned.is_initial(ground) {
        out.push_str("    initial = True\n\n");
    }
    if !planned.atomic {
        out.push_str("    atomic = False\n\n");
    }
    out.push_str("    dependencies = [\n");
    for dependency in &planned.dependencies {
        out.push_str(&format!("        {},\n", dependency_text(dependency)));
    }
    out.push_str("    ]\n\n    operations = [\n");
    out.push_str(&lines.text);
    out.push_str("    ]\n");
    Ok(out)
}

/// The author's file, where the plan asks for the same.
fn untouched(planned: &PlannedMigration, ground: &Ground<'_>) -> Option<String> {
    let migration = ground.working.migrations.get(&planned.key)?;
    let is_kept = |(index, operation): (usize, &Planned)| matches!(operation, Planned::Kept { at, .. } if at.index == index && at.app == planned.key.app && at.migration == planned.key.name);
    let same = planned.operations.len() == migration.operations.len() && planned.operations.iter().enumerate().all(is_kept);
    let asks: Vec<&Dependency> = migration.node.dependencies.iter().map(|(it, _)| it).collect();
    let keeps_order = planned.dependencies.iter().all(|it| asks.contains(&it));
    let text = ground.sources.text(CodeVersion::Working, &migration.path)?;
    (same && keeps_order && planned.path == migration.path).then(|| text.to_string())
}

fn origin<'a>(at: &OperationRef, ground: &Ground<'a>) -> Option<&'a Arc<Migration>> {
    ground.working.migrations.get(&MigrationKey { app: at.app.clone(), name: at.migration.clone() })
}

/// An operation as the author wrote it.
fn source(migration: &Migration, span: crate::syntax::ast::Span, ground: &Ground<'_>) -> Option<String> {
    let text = ground.sources.text(CodeVersion::Working, &migration.path)?;
    text.get(span.range()).filter(|it| it.contains('(')).map(str::to_owned)
}

/// All that stands before the author's class, with what else is imported.
fn head_of(migration: &Migration, imports: &BTreeSet<String>, ground: &Ground<'_>) -> Option<String> {
    let facts = migration.facts.migration.as_ref()?;
    if !facts.methods.is_empty() || migration.node.run_before.len() + migration.node.replaces.len() > 0 {
        return None;
    }
    let text = ground.sources.text(CodeVersion::Working, &migration.path)?;
    let start = migration.class.start as usize;
    let at = migration.facts.imports.iter().find(|it| it.target.as_str() == "django.db.migrations")?.span.end as usize;
    let (before, after) = (text.get(..at)?, text.get(at..start)?);
    let models = "from django.db import models".to_owned();
    let has_models = migration.facts.imports.iter().any(|it| it.target.as_str() == "django.db.models" && it.name == "models");
    let missing = imports.iter().chain((!has_models).then_some(&models)).filter(|import| !text.contains(import.as_str()));
    let missing: String = missing.map(|import| format!("\n{import}")).collect();
    Some(format!("{before}{missing}{}\n", after.trim_end()))
}

fn own_head(planned: &PlannedMigration, operations: &str, mut imports: BTreeSet<String>) -> String {
    let names = if operations.contains("models.") { "migrations, models" } else { "migrations" };
    imports.insert(format!("from django.db import {names}"));
    if planned.dependencies.contains(&Dependency::UserModel) {
        imports.insert("from django.conf import settings".to_owned());
    }
    let mut imports: Vec<&String> = imports.iter().collect();
    imports.sort_by_key(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("from"), words.next())
    });
    imports.iter().map(|line| format!("{line}\n")).collect()
}

fn dependency_text(dependency: &Dependency) -> String {
    let pair = |app: &str, name: &str| format!("({}, {})", quoted(app, '\''), quoted(name, '\''));
    match dependency {
        Dependency::On(key) => pair(&key.app, &key.name),
        Dependency::First(app) => pair(app, "__first__"),
        Dependency::Latest(app) => pair(app, "__latest__"),
        Dependency::UserModel => "migrations.swappable_dependency(settings.AUTH_USER_MODEL)".to_owned(),
        Dependency::Unknown => String::new(),
    }
}

impl PlannedMigration {
    /// The first of its app.
    fn is_initial(&self, ground: &Ground<'_>) -> bool {
        let has_own = self.dependencies.iter().any(|it| matches!(it, Dependency::On(key) if key.app == self.key.app));
        let creates = self.operations.iter().any(|it| it.operation().class == "CreateModel");
        !has_own && creates && ground.analysis.migrations.iter().any(|it| it.app == self.key.app)
    }
}

/// The author's `CreateModel`s.
struct Created<'a> {
    ground: &'a Ground<'a>,
    app: &'a Name,
}

impl Declared for Created<'_> {
    fn of_created(&self, model: &str, argument: &str) -> Option<Value> {
        let of_app = self.ground.analysis.migrations.iter().filter(|it| it.app == *self.app);
        let operations = of_app.filter_map(|it| it.facts.migration.as_ref()?.operations.as_ref()?.items());
        let calls = operations.flatten().filter_map(Value::as_call);
        let mut created = calls.filter(|call| call.path().is_some_and(|path| path.last() == "CreateModel"));
        let call = created.find(|call| call.arg(0, "name").and_then(Value::as_str) == Some(model))?;
        call.kwarg(argument).cloned()
    }
}
