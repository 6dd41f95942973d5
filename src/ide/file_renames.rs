//! Migrations that get another file name or another app: whatever depends on them, replaces them or runs before them follows.

use super::Judged;
use super::changes::{FileEdit, TextEdit};
use crate::django::graph::MigrationKey;
use crate::facts::value::{Value, ValueKind};
use crate::references::reference::CodeVersion;
use crate::syntax::ast::{Name, Span};
use crate::workspace::files::is_below;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A file or a folder that moves: both paths are relative to the root, with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRename {
    pub old: String,
    pub new: String,
}

/// The edits that make every migration name the others as they will be called, of the files under the paths that they have before.
pub fn edits(judged: &Judged<'_>, renames: &[FileRename]) -> Vec<FileEdit> {
    let renamed: BTreeMap<&MigrationKey, MigrationKey> = judged
        .working
        .migrations
        .iter()
        .filter_map(|(key, migration)| {
            let new = new_key(judged, key, &migration.path, &moved(&migration.path, renames)?)?;
            (new != *key).then_some((key, new))
        })
        .collect();
    if renamed.is_empty() {
        return Vec::new();
    }
    let mut files = Vec::new();
    for migration in judged.working.migrations.values() {
        let Some(facts) = &migration.facts.migration else { continue };
        let Some(text) = judged.sources.text(CodeVersion::Working, &migration.path) else { continue };
        let mut edits = Vec::new();
        for list in [&facts.dependencies, &facts.run_before, &facts.replaces].into_iter().flatten() {
            collect(list, &text, &renamed, &mut edits);
        }
        edits.sort_by_key(|edit| (edit.span.start, edit.span.end));
        edits.dedup();
        if !edits.is_empty() {
            files.push(FileEdit { path: Arc::clone(&migration.path), edits });
        }
    }
    files
}

/// Where a file will be. The last rename that it lies below is the one that counts: clients list folders before what is in them.
fn moved(path: &str, renames: &[FileRename]) -> Option<String> {
    let rename = renames.iter().rfind(|rename| is_below(path, &rename.old))?;
    Some(format!("{}{}", rename.new, path.get(rename.old.len()..)?))
}

/// `None` where the file will be no migration any more.
fn new_key(judged: &Judged<'_>, key: &MigrationKey, old: &str, new: &str) -> Option<MigrationKey> {
    let (folder, file) = new.rsplit_once('/')?;
    let name = file.strip_suffix(".py").filter(|name| !name.starts_with(['_', '~']))?;
    let app = match judged.working.apps.migration(new) {
        Some((app, _)) => app.clone(),
        None => new_label(&key.app, old.rsplit_once('/')?.0, folder)?,
    };
    Some(MigrationKey { app, name: name.into() })
}

/// The label of an app whose folder moves: its own where it has one that isn't its folder's name, else its new folder's.
fn new_label(label: &Name, old: &str, new: &str) -> Option<Name> {
    let app = |folder: &str| Some(folder.rsplit_once('/')?.0.rsplit('/').next()?.to_owned());
    let is_same_package = old.rsplit('/').next() == new.rsplit('/').next();
    let (old, new) = (app(old)?, app(new)?);
    match is_same_package {
        true if old == label.as_str() => Some(new.as_str().into()),
        true => Some(label.clone()),
        false => None,
    }
}

/// The pairs of strings in `value` that name a renamed migration.
fn collect(value: &Value, text: &str, renamed: &BTreeMap<&MigrationKey, MigrationKey>, edits: &mut Vec<TextEdit>) {
    if let ValueKind::Tuple(items) | ValueKind::List(items) = &value.kind
        && let [app, name] = items.as_slice()
        && let (Some(old_app), Some(old_name)) = (app.as_str(), name.as_str())
    {
        let key = MigrationKey { app: old_app.into(), name: old_name.into() };
        if let Some(new) = renamed.get(&key) {
            edits.extend(replaced(app, old_app, &new.app, text));
            edits.extend(replaced(name, old_name, &new.name, text));
        }
        return;
    }
    value.children(&mut |child| collect(child, text, renamed, edits));
}

/// The edit of a string; `None` where nothing changes, or where the value is written down elsewhere.
fn replaced(value: &Value, old: &str, new: &str, text: &str) -> Option<TextEdit> {
    let written = text.get(value.span.range())?;
    let inner = written.strip_prefix(['"', '\'']).and_then(|it| it.strip_suffix(['"', '\'']))?;
    let start = value.span.start as usize + 1;
    (inner == old && old != new).then(|| TextEdit { span: Span::new(start, start + old.len()), text: new.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rename(old: &str, new: &str) -> FileRename {
        FileRename { old: old.to_owned(), new: new.to_owned() }
    }

    #[test]
    fn a_file_moves_with_its_folder_and_by_itself() {
        let renames = [rename("shop", "store"), rename("shop/migrations/0001_a.py", "store/migrations/0001_b.py")];
        assert_eq!(moved("shop/migrations/0001_a.py", &renames).as_deref(), Some("store/migrations/0001_b.py"));
        assert_eq!(moved("shop/migrations/0002_a.py", &renames).as_deref(), Some("store/migrations/0002_a.py"));
        assert_eq!(moved("shopping/migrations/0002_a.py", &renames), None);
    }

    #[test]
    fn a_label_follows_its_folder_only_where_it_is_the_folders() {
        let label = |own: &str, old: &str, new: &str| new_label(&own.into(), old, new).map(|it| it.to_string());
        assert_eq!(label("shop", "back/shop/migrations", "back/store/migrations").as_deref(), Some("store"));
        assert_eq!(label("classic", "back/shop/migrations", "back/store/migrations").as_deref(), Some("classic"));
        assert_eq!(label("shop", "shop/migrations", "shop/attic"), None);
    }
}
