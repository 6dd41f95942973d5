//! The cure: an unsafe change as a chain of deploys, each of them safe against the one before.
//!
//! A *wish* is what the author wants of one operation. A *recipe* turns a wish into a *chain*: steps to be deployed apart. The
//! chains of all wishes are laid side by side, so that the working code goes live in all of them at once, and what falls into
//! one deploy becomes its migrations. Then the *checker* replays every deploy with the judge that `check` uses: a plan that does
//! not check is never shown. Last the *writer* turns it into texts: migrations, and edits of models and of what names them.
//!
//! Nothing is stored: where a change stands in its phases follows from the deployed code, the working code and the two schemas.

mod alternatives;
mod assemble;
pub mod chain;
mod checker;
pub mod database_default;
pub mod document;
mod field;
pub mod ground;
pub mod lookalike;
mod outline;
pub mod plan;
pub mod planner;
mod recipe;
mod settle;
pub mod wish;
pub mod words;
pub mod write;
