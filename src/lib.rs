//! `preboot` makes Django migrations safe to deploy with no downtime.
//!
//! Data flows one way: text → `syntax` → `facts` → `django` → `schema` → `compat` and `references` → `analysis` → `rules` →
//! (`ide`, `server` | `cli`). `ARCHITECTURE.md` is the map; `tests/architecture.rs` keeps the layers.

pub mod analysis;
pub mod cli;
pub mod compat;
pub mod django;
pub mod facts;
pub mod ide;
pub mod phases;
pub mod references;
pub mod rules;
pub mod schema;
pub mod server;
pub mod syntax;
pub mod workspace;
