//! What names a field or a model: Python inference, templates, fixtures, SQL text, the word index.

mod apps;
mod attributes;
mod calls;
mod classes;
mod contexts;
mod declared;
mod engine;
mod evidence;
mod fixtures;
mod flow;
mod functions;
mod guess;
mod infer;
mod judge;
mod keywords;
mod kinds;
mod known;
mod model_fields;
mod model_index;
mod names;
mod options;
mod orm;
pub mod reference;
mod roles;
mod search;
pub mod sources;
mod store;
mod strings;
mod subject;
mod symbols;
mod templates;
mod types;
mod walk;
mod word;

pub use search::references;

#[cfg(test)]
mod tests;
