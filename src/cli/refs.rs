//! `preboot refs`: every reference of a model or a field.

use super::Answer;
use super::arguments::{CountBy, RefsArguments, TextFormat};
use super::project::Setup;
use super::render::{Places, escape, pretty};
use crate::analysis::analyse::analyse;
use crate::analysis::open::Opened;
use crate::analysis::sources::VersionTexts;
use crate::django::field::ModelKey;
use crate::django::models::Models;
use crate::references::reference::{CodeVersion, Confidence, Reference, ReferenceKind, Target};
use crate::references::references;
use crate::workspace::config::Settings;
use crate::workspace::near::nearest;
use anyhow::{anyhow, bail};
use schemars::{JsonSchema, Schema, schema_for};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// `refs --output-format json`: a promise to scripts.
#[derive(Serialize, JsonSchema)]
struct Document<'a> {
    target: String,
    r#in: CodeVersion,
    definition: Option<Definition<'a>>,
    references: Vec<Entry<'a>>,
    /// How many there are of each kind, or in each file: where `--by` asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Vec<Count>>,
}

#[derive(Serialize, JsonSchema)]
struct Definition<'a> {
    path: &'a str,
    line: u32,
    column: u32,
}

#[derive(Serialize, JsonSchema)]
struct Entry<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    end_column: u32,
    kind: ReferenceKind,
    confidence: Confidence,
    /// The line, without the space around it.
    text: String,
}

/// How many references there are of one kind, or in one file.
#[derive(Default, Serialize, JsonSchema)]
struct Count {
    /// The kind, or the path.
    of: String,
    certain: usize,
    likely: usize,
    possible: usize,
}

pub(super) fn schema() -> Schema {
    schema_for!(Document<'_>)
}

pub(super) fn run(arguments: &RefsArguments) -> anyhow::Result<Answer> {
    let target = parse(&arguments.target)?;
    let setup = Setup::new(&arguments.project, Settings::default())?;
    let opened = setup.open(&arguments.project, &[], false)?;
    let sources = opened.sources.clone();
    let (version, mut found) = search(opened, &target)?;
    if !arguments.possible {
        found.retain(|it| it.confidence != Confidence::Possible);
    }
    let places = Places::new(&sources);
    let entries = found.iter().map(|it| entry(it, version, &places)).collect();
    let definition = found.iter().find(|it| it.kind == ReferenceKind::Definition).map(|it| {
        let at = places.extent(version, &it.path, it.span);
        Definition { path: &it.path, line: at.line, column: at.column }
    });
    let counts = arguments.by.map(|by| counts(&found, by));
    let document = Document { target: target.to_string(), r#in: version, definition, references: entries, counts };
    Ok(Answer::ok(match arguments.output_format {
        TextFormat::Text => text(&document),
        TextFormat::Json => pretty(&document),
    }))
}

fn parse(text: &str) -> anyhow::Result<Target> {
    let parts: Vec<&str> = text.split('.').collect();
    let (app, model, field) = match parts.as_slice() {
        [app, model] => (app, model, None),
        [app, model, field] => (app, model, Some(field)),
        _ => bail!("`{text}` is no target: expected `app.Model` or `app.Model.field`"),
    };
    if parts.iter().any(|part| part.is_empty()) {
        bail!("`{text}` is no target: expected `app.Model` or `app.Model.field`");
    }
    Ok(Target { app: (*app).into(), model: (*model).into(), field: field.map(|field| (*field).into()) })
}

/// In the working code, else in the deployed one. A target whose declaration is not in either source may still be known to the
/// migrations: its class lies in a package that can't be seen.
fn search(opened: Opened, target: &Target) -> anyhow::Result<(CodeVersion, Vec<Reference>)> {
    let mut undeclared = None;
    for version in [CodeVersion::Working, CodeVersion::Deployed] {
        let Some(files) = opened.sources.version(version) else { continue };
        let found = references(&VersionTexts::new(files, opened.request.settings_module.as_deref()), std::slice::from_ref(target));
        let found = found.into_iter().next().flatten();
        match found {
            Some(found) if found.iter().any(|it| it.kind == ReferenceKind::Definition) => return Ok((version, found)),
            Some(found) if version == CodeVersion::Working => undeclared = Some(found),
            _ => {}
        }
    }
    let analysis = analyse(opened.request)?;
    if is_known(&analysis.working, target) || is_known(&analysis.deployed, target) {
        return Ok((CodeVersion::Working, undeclared.unwrap_or_default()));
    }
    Err(unknown(&[&analysis.working, &analysis.deployed], target))
}

fn is_known(models: &Models, target: &Target) -> bool {
    let Some(model) = models.get(&ModelKey::new(&target.app, &target.model)) else { return false };
    let Some(name) = &target.field else { return true };
    model.fields.iter().any(|it| it.field.name == *name) || model.many_to_many.iter().any(|it| it.field.name == *name)
}

/// With the nearest names: of the fields where the model exists, else of the models.
fn unknown(versions: &[&Models], target: &Target) -> anyhow::Error {
    let key = ModelKey::new(&target.app, &target.model);
    let mut labels = BTreeSet::new();
    let mut fields = BTreeSet::new();
    for model in versions.iter().flat_map(|models| models.by_key.values()).filter(|model| model.auto_created_by.is_none()) {
        labels.insert(model.label.as_str());
        if model.key == key {
            fields.extend(model.fields.iter().map(|it| it.field.name.as_str()));
            fields.extend(model.many_to_many.iter().map(|it| it.field.name.as_str()));
        }
    }
    let near = match &target.field {
        Some(field) if !fields.is_empty() => nearest(field, fields, 3),
        _ => match meant(&labels, target) {
            meant if !meant.is_empty() => meant,
            _ => nearest(&format!("{}.{}", target.app, target.model), labels, 3),
        },
    };
    match near.as_slice() {
        [] => anyhow!("neither version of the project has {target}"),
        near => anyhow!("neither version of the project has {target}; did you mean {}?", near.join(", ")),
    }
}

/// The target under another app, or with the app that was left out: `Order.note` is one of `shop.Order`.
fn meant(labels: &BTreeSet<&str>, target: &Target) -> Vec<String> {
    let of_model = |name: &str| {
        let is_called = |label: &&&str| label.split_once('.').is_some_and(|(_, model)| model.eq_ignore_ascii_case(name));
        labels.iter().filter(is_called).take(3).map(ToString::to_string).collect::<Vec<String>>()
    };
    let elsewhere = of_model(&target.model);
    if !elsewhere.is_empty() || target.field.is_some() {
        return elsewhere;
    }
    of_model(&target.app).iter().map(|label| format!("{label}.{}", target.model)).collect()
}

fn entry<'a>(reference: &'a Reference, version: CodeVersion, places: &Places<'_>) -> Entry<'a> {
    let at = places.extent(version, &reference.path, reference.span);
    let line = places.file(version, &reference.path).map(|file| {
        let range = file.lines(at.line - 1, at.line - 1);
        file.text.get(range).unwrap_or_default().trim().to_owned()
    });
    Entry {
        path: &reference.path,
        line: at.line,
        column: at.column,
        end_column: at.end_column,
        kind: reference.kind,
        confidence: reference.confidence,
        text: line.unwrap_or_default(),
    }
}

/// Most first.
fn counts(found: &[Reference], by: CountBy) -> Vec<Count> {
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for it in found {
        let of = match by {
            CountBy::Kind => name(&it.kind),
            CountBy::File => it.path.to_string(),
        };
        let count = counts.entry(of.clone()).or_insert_with(|| Count { of, ..Count::default() });
        match it.confidence {
            Confidence::Certain => count.certain += 1,
            Confidence::Likely => count.likely += 1,
            Confidence::Possible => count.possible += 1,
        }
    }
    let mut counts: Vec<Count> = counts.into_values().collect();
    counts.sort_by_key(|it| std::cmp::Reverse(it.certain + it.likely + it.possible));
    counts
}

fn table(counts: &[Count]) -> String {
    let width = counts.iter().map(|it| escape(&it.of).chars().count()).max().unwrap_or_default();
    let mut out = format!("{:width$}  certain  likely  possible\n", "");
    for it in counts {
        // Writing to a string can't fail.
        let _ = writeln!(out, "{:width$}  {:7}  {:6}  {:8}", escape(&it.of), it.certain, it.likely, it.possible);
    }
    out
}

/// One line a reference, or one a kind or file where they are counted, and what they are in sum.
fn text(document: &Document<'_>) -> String {
    let mut out = document.counts.as_ref().map(|it| table(it)).unwrap_or_default();
    for it in document.references.iter().filter(|_| document.counts.is_none()) {
        // Writing to a string can't fail.
        let _ = writeln!(
            out,
            "{}:{}:{}: {} [{}] {}",
            escape(it.path),
            it.line,
            it.column,
            name(&it.kind),
            name(&it.confidence),
            escape(&it.text)
        );
    }
    let files: BTreeSet<&str> = document.references.iter().map(|it| it.path).collect();
    let place = match document.r#in {
        CodeVersion::Working => "",
        CodeVersion::Deployed => " of the deployed code",
    };
    let _ = writeln!(
        out,
        "{}: {} in {}{place}",
        document.target,
        counted(document.references.len(), "reference"),
        counted(files.len(), "file")
    );
    out
}

/// As the JSON has it.
fn name(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| Some(value.as_str()?.to_owned())).unwrap_or_default()
}

fn counted(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
