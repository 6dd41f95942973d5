//! What may stand at the cursor in a migration, in a comment of ours, and in our configuration.

mod configuration;
mod cursor;
mod migration;
mod operands;

pub use configuration::{Known, configuration, is_configuration};

use super::hover::{about_field, about_migration, about_model};
use super::markdown::text;
use super::{Judged, operation_name, plural};
use crate::django::field::ModelKey;
use crate::django::graph::MigrationKey;
use crate::rules;
use crate::syntax::ast::Span;
use cursor::{Cursor, Token};
use serde::{Deserialize, Serialize};

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What takes the place of `span`.
    pub text: String,
    /// A few words beside it.
    pub detail: String,
    pub kind: CompletionKind,
    /// What there is to tell of it, for who asks.
    pub about: Option<About>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompletionKind {
    App,
    Migration,
    Model,
    Field,
    /// An index, a constraint, a table: what has a name in the database.
    Named,
    Rule,
    Key,
    Value,
}

/// What a proposal stands for. It goes to the client and comes back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum About {
    App(String),
    Migration { app: String, name: String },
    Model { app: String, name: String },
    Field { app: String, model: String, name: String },
    Rule(String),
    Setting(String),
}

/// The proposals, best first, and the bytes of the text that each would replace.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completions {
    pub span: Span,
    pub items: Vec<Completion>,
}

/// The proposals at the byte `offset` of `text`, which the Python file at `path` has at present, whatever was judged of it.
pub fn completions(judged: &Judged<'_>, path: &str, text: &str, offset: usize) -> Completions {
    let cursor = Cursor::at(text, offset);
    match cursor.token {
        Token::Comment { start } => suppression(text, start, offset),
        Token::Text { start } => {
            let span = word_around(text, start, offset);
            Completions { span, items: migration::in_text(judged, path, &cursor, text.get(start..offset).unwrap_or_default()) }
        }
        Token::Code => {
            let span = Span::new(offset, offset);
            Completions { span, items: migration::in_code(judged, &cursor) }
        }
    }
}

/// From the start of a string, or of its last part that has a space before it, to the end of the word that the cursor is in.
fn word_around(text: &str, start: usize, offset: usize) -> Span {
    let after = text.get(offset..).unwrap_or_default();
    let length = after.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '.').unwrap_or(after.len());
    Span::new(start, offset + length)
}

/// The codes between the brackets of `# preboot: ignore[…]`.
fn suppression(text: &str, start: usize, offset: usize) -> Completions {
    let comment = text.get(start..offset).unwrap_or_default();
    let is_ours = comment.trim_start_matches('#').trim_start().starts_with("preboot:");
    let Some(open) = comment.rfind('[').filter(|open| is_ours && !comment.get(*open..).unwrap_or_default().contains(']')) else {
        return Completions::default();
    };
    let from = comment.rfind([',', '[', ' ']).map_or(open, |at| at) + 1;
    Completions { span: word_around(text, start + from, offset), items: rule_codes() }
}

/// All rules by their codes.
fn rule_codes() -> Vec<Completion> {
    let code = |rule: &&rules::Rule| Completion {
        text: rule.code.to_owned(),
        detail: rule.name.to_owned(),
        kind: CompletionKind::Rule,
        about: Some(About::Rule(rule.code.to_owned())),
    };
    rules::ALL.iter().map(code).collect()
}

/// What there is to tell of a proposal, in Markdown.
pub fn about(judged: &Judged<'_>, about: &About) -> Option<String> {
    match about {
        About::App(label) => Some(about_app(judged, label)),
        About::Migration { app, name } => {
            let key = MigrationKey { app: app.as_str().into(), name: name.as_str().into() };
            let migration = judged.working.migrations.get(&key)?;
            let operations: Vec<String> = migration.operations.iter().map(|it| format!("\n- {}", text(&operation_name(it)))).collect();
            Some(format!("{}\n{}", about_migration(judged, migration), operations.concat()))
        }
        About::Model { app, name } => about_model(judged, &ModelKey::new(app, name)),
        About::Field { app, model, name } => about_field(judged, &ModelKey::new(app, model), &name.as_str().into()),
        About::Rule(_) | About::Setting(_) => about_ours(about),
    }
}

/// What can be told without a project.
pub fn about_ours(about: &About) -> Option<String> {
    match about {
        About::Rule(code) => rules::find(code).map(rules::Rule::page),
        About::Setting(key) => configuration::description(key),
        _ => None,
    }
}

fn about_app(judged: &Judged<'_>, label: &str) -> String {
    let models = judged.analysis.working_state.models.keys().filter(|key| key.app == label).count();
    let migrations = judged.working.migrations.keys().filter(|key| key.app == label).count();
    format!("**{}**\n\n{}, {}", text(label), plural(models, "model"), plural(migrations, "migration"))
}
