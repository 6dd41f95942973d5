//! Migrations of the deployed code that the working code changed, renamed or removed.

use super::project::Project;
use super::{Edit, EditedMigration, Place};
use crate::django::graph::MigrationKey;
use crate::django::migration::Migration;
use rustc_hash::FxHashSet;
use std::sync::Arc;

pub fn edited_migrations(deployed: &Project, working: &Project, applied: &FxHashSet<MigrationKey>) -> Vec<EditedMigration> {
    let squashed: FxHashSet<&MigrationKey> = working.migrations.values().flat_map(|it| &it.node.replaces).collect();
    let mut out = Vec::new();
    for (key, before) in deployed.migrations.iter() {
        let edit = match working.migrations.get(key) {
            Some(after) if Arc::ptr_eq(before, after) || same_operations(before, after) => continue,
            Some(after) => Edit::Changed(Place { path: Arc::clone(&after.path), span: after.name }),
            // A squash stands for it now.
            None if squashed.contains(key) => continue,
            None => match working
                .migrations
                .values()
                .find(|it| !applied.contains(&it.key) && it.key.app == key.app && same_operations(before, it))
            {
                Some(it) => Edit::Renamed { to: it.key.clone(), at: Place { path: Arc::clone(&it.path), span: it.name } },
                None => Edit::Removed(Place { path: Arc::clone(&before.path), span: before.name }),
            },
        };
        out.push(EditedMigration { key: key.clone(), edit });
    }
    out
}

/// Whether both ask for the same, wherever in the file it stands (values are equal wherever they stand).
fn same_operations(a: &Migration, b: &Migration) -> bool {
    let [a, b] = [a, b].map(|migration| migration.facts.migration.as_ref().and_then(|it| it.operations.as_ref()));
    a.is_some() && a == b
}
