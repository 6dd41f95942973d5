//! "Make it concurrent (and non-atomic)": `AddIndexConcurrently`, in a migration that runs outside of a transaction.
//!
//! Where other operations share the migration, they keep their transaction, and the index gets a migration of its own right after.
//! All other text stays as it is.

use super::{Changes, FileEdit, Judged, NewFile, TextEdit, operation_of};
use crate::analysis::{MigrationRun, OperationRun};
use crate::django::graph::MigrationKey;
use crate::django::operation::OperationKind;
use crate::ide::lines::{Cut, Lines};
use crate::ide::source::{self, CallSite, Source};
use crate::rules::finding::Finding;
use crate::schema::vendor::VendorKind;
use crate::syntax::ast::{Alias, ClassDef, Expr, ExprKind, Name, Span, Stmt, StmtKind};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const MODULE: &str = "django.contrib.postgres.operations";
const CLASS: &str = "AddIndexConcurrently";

pub(super) fn changes(judged: &Judged<'_>, finding: &Finding) -> Option<Changes> {
    let (migration, run) = operation_of(judged, finding)?;
    let is_plain = matches!(&run.operation.kind, OperationKind::AddIndex { concurrently: false, .. });
    if !is_plain || judged.analysis.vendor.kind != VendorKind::PostgreSql {
        return None;
    }
    let source = source::read(judged, &migration.path)?;
    let site = Site { source: &source, class: class_of(&source, migration)?, call: source.call_at(run.operation.span)? };
    let is_index = |it: &OperationRun| matches!(it.operation.kind, OperationKind::AddIndex { .. } | OperationKind::RemoveIndex { .. });
    if !migration.atomic || migration.operations.iter().all(is_index) {
        let edits = site.in_place()?;
        return Some(Changes { files: vec![FileEdit { path: Arc::clone(&migration.path), edits }], ..Changes::default() });
    }
    site.moved(judged, migration, run)
}

fn class_of<'s>(source: &'s Source, migration: &MigrationRun) -> Option<&'s ClassDef> {
    source.body().iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Class(node) if stmt.span.encloses(migration.span) => Some(&**node),
        _ => None,
    })
}

/// The operation in its file.
struct Site<'s> {
    source: &'s Source,
    /// `Migration`
    class: &'s ClassDef,
    call: CallSite<'s>,
}

impl Site<'_> {
    fn in_place(&self) -> Option<Vec<TextEdit>> {
        let mut edits = vec![TextEdit { span: self.call.func.span, text: CLASS.to_owned() }];
        edits.extend(self.import()?);
        edits.extend(self.non_atomic()?);
        edits.sort_by_key(|edit| edit.span.start);
        Some(edits)
    }

    /// The import of the operation's class, where there is none yet: before what comes later in the alphabet.
    fn import(&self) -> Option<Option<TextEdit>> {
        let end = self.source.line_end();
        let line = format!("from {MODULE} import {CLASS}{end}");
        let mut last = None;
        for stmt in self.source.body() {
            match &stmt.kind {
                StmtKind::ImportFrom { level: 0, module: Some(module), names } if module.name == MODULE => {
                    if names.iter().any(|it| it.name.name == CLASS && it.asname.is_none()) {
                        return Some(None);
                    }
                    let at = names.last().map(|it| it.asname.as_ref().map_or(it.name.span.end, |it| it.span.end))?;
                    return Some(Some(TextEdit { span: Span { start: at, end: at }, text: format!(", {CLASS}") }));
                }
                StmtKind::ImportFrom { level: 0, module: Some(module), .. }
                    if module.name.starts_with("django") && module.name.as_str() > MODULE =>
                {
                    return Some(Some(TextEdit { span: Span { start: stmt.span.start, end: stmt.span.start }, text: line }));
                }
                StmtKind::ImportFrom { .. } | StmtKind::Import(_) => last = Some(stmt.span.end),
                _ => {}
            }
        }
        let at = Lines(&self.source.text).next_line(last?);
        Some(Some(TextEdit { span: Span { start: at, end: at }, text: line }))
    }

    /// `atomic = False` above what the class says first.
    fn non_atomic(&self) -> Option<Option<TextEdit>> {
        let assigned = self.class.body.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Assign { targets, value } => targets.iter().any(|it| is_name(it, "atomic")).then_some(value),
            _ => None,
        });
        if let Some(value) = assigned {
            let is_there = value.kind == ExprKind::Bool(false);
            return Some((!is_there).then(|| TextEdit { span: value.span, text: "False".to_owned() }));
        }
        let is_docstring = |stmt: &Stmt| matches!(&stmt.kind, StmtKind::Expr(Expr { kind: ExprKind::Str(_), .. }));
        let mut rest = self.class.body.iter().skip_while(|stmt| is_docstring(stmt));
        let (first, second) = (rest.next()?, rest.next());
        let indentation = self.source.indentation(first.span.start)?;
        let lines = Lines(&self.source.text);
        let at = lines.with_comments_above(first.span.start);
        let end = self.source.line_end();
        let is_spaced = second.is_some_and(|second| lines.has_blank_line(Span { start: first.span.end, end: second.span.start }));
        let gap = if is_spaced { end } else { "" };
        Some(Some(TextEdit { span: Span { start: at, end: at }, text: format!("{indentation}atomic = False{end}{gap}") }))
    }

    /// The operation goes into a migration of its own. `None` where what comes after it might need to be after it for good.
    fn moved(&self, judged: &Judged<'_>, migration: &MigrationRun, run: &OperationRun) -> Option<Changes> {
        let OperationKind::AddIndex { model, index, .. } = &run.operation.kind else { return None };
        let key = MigrationKey { app: migration.app.clone(), name: migration.name.clone() };
        let later = migration.operations.iter().filter(|it| it.at.index > run.at.index);
        if later.into_iter().any(|it| may_need(&it.operation.kind, model)) || judged.working.is_followed(&key) {
            return None;
        }
        let name = next_name(&key.name, &index.name)?;
        let path = format!("{}/{name}.py", migration.path.rsplit_once('/')?.0);
        if judged.analysis.migration_files.keys().any(|it| it.app == key.app && it.name == name) {
            return None;
        }
        let items = self.class.body.iter().find_map(|stmt| match &stmt.kind {
            StmtKind::Assign { targets, value: Expr { kind: ExprKind::List(items), .. } } => {
                targets.iter().any(|it| is_name(it, "operations")).then_some(items)
            }
            _ => None,
        })?;
        let spans: Vec<Span> = items.iter().map(|it| it.span).collect();
        let at = spans.iter().position(|it| *it == self.call.span)?;
        let cut = Lines(&self.source.text).cut(&spans, at)?;
        let text = self.migration(&key, &cut)?;
        let edits = vec![TextEdit { span: cut.span, text: String::new() }];
        Some(Changes {
            files: vec![FileEdit { path: Arc::clone(&migration.path), edits }],
            created: vec![NewFile { path, text }],
            ..Changes::default()
        })
    }

    /// The text of the migration that the operation is moved to.
    fn migration(&self, after: &MigrationKey, cut: &Cut) -> Option<String> {
        let (text, end) = (&self.source.text, self.source.line_end());
        let span = self.call.span;
        let indentation = self.source.indentation(span.start).unwrap_or("        ");
        let arguments = text.get(self.call.func.span.end as usize..span.end as usize)?;
        let quote = text.get(self.class.name.span.end as usize..)?.chars().find(|c| matches!(c, '"' | '\'')).unwrap_or('"');
        let mut lines: Vec<String> = self.imports()?;
        lines.extend(["".to_owned(), "".to_owned(), "class Migration(migrations.Migration):".to_owned()]);
        lines.extend(["    atomic = False".to_owned(), "".to_owned(), "    dependencies = [".to_owned()]);
        lines.push(format!("        ({quote}{}{quote}, {quote}{}{quote}),", after.app, after.name));
        lines.extend(["    ]".to_owned(), "".to_owned(), "    operations = [".to_owned()]);
        lines.extend(cut.above.iter().map(|comment| format!("{indentation}{comment}")));
        lines.push(format!("{indentation}{CLASS}{arguments},{}", cut.beside.as_ref().map(|it| format!("  {it}")).unwrap_or_default()));
        lines.extend(["    ]".to_owned(), "".to_owned()]);
        Some(lines.join(end))
    }

    /// The imports that the operation needs. `None` where it needs something else of the file.
    fn imports(&self) -> Option<Vec<String>> {
        let mut names: BTreeSet<&str> = BTreeSet::new();
        for argument in self.call.arguments() {
            each_name(argument, &mut |name| {
                names.insert(name);
            });
        }
        let mut plain: BTreeSet<String> = BTreeSet::new();
        let mut from: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        from.entry(MODULE.to_owned()).or_default().insert(CLASS.to_owned());
        from.entry("django.db".to_owned()).or_default().insert("migrations".to_owned());
        for name in names {
            let found = self.source.body().iter().find_map(|stmt| match &stmt.kind {
                StmtKind::Import(aliases) => Some((None, aliases.iter().find(|it| binds(it, name, true))?)),
                StmtKind::ImportFrom { level, module, names } => {
                    let module = module.as_ref().map_or("", |it| it.name.as_str());
                    let module = format!("{}{module}", ".".repeat(*level as usize));
                    Some((Some(module), names.iter().find(|it| binds(it, name, false))?))
                }
                _ => None,
            });
            let (module, alias) = found?;
            let written = match &alias.asname {
                Some(asname) => format!("{} as {}", alias.name.name, asname.name),
                None => alias.name.name.to_string(),
            };
            match module {
                Some(module) => from.entry(module).or_default().insert(written),
                None => plain.insert(format!("import {written}")),
            };
        }
        let from = from.into_iter().map(|(module, names)| {
            let names: Vec<String> = names.into_iter().collect();
            format!("from {module} import {}", names.join(", "))
        });
        Some(plain.into_iter().chain(from).collect())
    }
}

/// Whether an import gives this name; `is_module` where it is one of modules, which gives the first part of theirs.
fn binds(alias: &Alias, name: &str, is_module: bool) -> bool {
    match &alias.asname {
        Some(asname) => asname.name == name,
        None if is_module => alias.name.name.split('.').next() == Some(name),
        None => alias.name.name == name,
    }
}

fn each_name<'s>(expr: &'s Expr, visit: &mut dyn FnMut(&'s str)) {
    if let ExprKind::Name(name) = &expr.kind {
        visit(name);
    }
    expr.each_child(&mut |child| each_name(child, visit));
}

fn is_name(expr: &Expr, name: &str) -> bool {
    matches!(&expr.kind, ExprKind::Name(it) if it == name)
}

/// Whether an operation may depend on an index of this model being there, or change what it is built of.
fn may_need(operation: &OperationKind, model: &str) -> bool {
    match operation {
        OperationKind::RunPython(_) => false,
        OperationKind::AddField { .. } | OperationKind::AddIndex { .. } | OperationKind::AddConstraint { .. } => false,
        OperationKind::CreateModel { .. } | OperationKind::AlterModelOptions { .. } | OperationKind::AlterModelManagers { .. } => false,
        other => other.model().is_none_or(|it| it.eq_ignore_ascii_case(model)),
    }
}

/// `0004_order_status` after `0003_flag`.
fn next_name(name: &str, index: &str) -> Option<Name> {
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    let number: u32 = digits.parse().ok()?;
    let is_word = !index.is_empty() && index.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_word.then(|| format!("{:0width$}_{index}", number + 1, width = digits.len()).into())
}
