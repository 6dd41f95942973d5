//! What names a field or a model: Python inference, templates, fixtures, SQL text, the word index.

mod apps;
mod attributes;
mod beside;
mod call_strings;
mod calls;
mod classes;
mod collected;
mod contexts;
mod declared;
mod dictionaries;
mod engine;
mod evidence;
mod factories;
mod fixtures;
mod flow;
mod format;
mod functions;
mod guards;
mod guess;
mod infer;
mod judge;
mod keywords;
mod kinds;
mod known;
mod lambdas;
pub mod leftovers;
mod migrations;
mod model_fields;
mod model_index;
mod model_names;
mod names;
mod options;
mod orm;
mod passing;
mod path_part;
mod place;
mod provided;
pub mod reference;
mod requests;
mod roles;
mod search;
pub mod sources;
mod sql;
mod store;
mod strings;
mod subject;
mod symbols;
mod templates;
mod types;
mod visit;
mod walk;
mod word;

pub use search::references;

#[cfg(test)]
mod tests;
