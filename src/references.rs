//! What names a field or a model: attributes, keywords, strings, templates, fixtures, SQL.
//!
//! A search asks bytes first, then trees, then types (`search`):
//!
//! 1. `subject`: the target becomes the names that it goes by (`note`, `get_note_display`, `order_set`, …). For that `model_index`
//!    reads the files that may declare models; everything else is read only when it is asked for.
//! 2. `word`: a byte search says which files spell one of the names. Only those are parsed (`store`) and walked: `walk` goes down
//!    to the places in Python, `templates`, `fixtures` and `sql` in the rest.
//! 3. At each place the question is what the receiver is. `engine` and its neighbours infer that on demand and memoize it: names
//!    and imports (`names`, `flow`, `symbols`), expressions (`infer`, `calls`, `attributes`, `functions`), Django's own typing
//!    (`orm`, `known`, `roles`, `kinds`, `requests`, `contexts`). What is known decides (`judge`): `certain`, or no reference.
//!    The server asks many questions of files that hardly change: `kept` holds what it needs to answer the next one (`resolve`),
//!    and `profile` says which files spell a word without a look at them.
//! 4. Where nothing is known, names may speak (`guess`: an `order` is an `Order`), then what stands beside the place (`evidence`,
//!    `beside`): `likely`, or else `possible`, which is the word alone.

mod apps;
mod attributes;
mod beside;
mod call_strings;
mod callers;
mod calls;
mod choices;
mod classes;
mod collected;
mod contexts;
mod declared;
mod dictionaries;
mod dotted;
mod engine;
mod evidence;
mod factories;
mod fixtures;
mod flow;
mod format;
mod functions;
mod graphql;
mod guards;
mod guess;
mod infer;
mod judge;
pub mod kept;
mod keywords;
mod kinds;
mod known;
mod lambdas;
pub mod layout;
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
mod profile;
mod provided;
pub mod reference;
mod requests;
pub mod resolve;
mod roles;
mod search;
pub mod sources;
mod sql;
mod store;
mod strings;
mod subject;
mod symbols;
mod templates;
mod test_fixtures;
mod types;
mod visit;
mod walk;
mod word;
pub mod writes;
mod written;

pub use search::references;

#[cfg(test)]
mod tests;
