//! What the client is asked to tell of files, and which of what it tells matters.

use super::capabilities::Abilities;
use super::root::Root;
use crate::workspace::kind::FileKind;
use serde_json::to_value;
use std::path::Path;
use tower_lsp::ls_types::{
    DidChangeWatchedFilesRegistrationOptions, FileSystemWatcher, GlobPattern, OneOf, Registration, RelativePattern, Uri, WatchKind,
};

/// Everything that an analysis may read, and what moves when the repository does.
const FILES: [&str; 3] = [
    "**/*.{py,html,htm,xhtml,djhtml,txt,xml,svg,mjml,jinja,jinja2,j2,json,jsonl,yaml,yml,sql,graphql,graphqls,gql,toml,lock,cfg,in}",
    "**/{templates,jinja2,jinja}/**/*.{css,csv,eml,ics,js,md,rst,tex,text}",
    "**/{Pipfile,.gitignore}",
];
const REPOSITORY: &str = ".git/{HEAD,index,FETCH_HEAD,packed-refs,refs/**}";

pub(super) fn registrations<'r>(client: &Abilities, roots: impl Iterator<Item = &'r Root>) -> Vec<Registration> {
    let mut all = Vec::new();
    if client.registers_watchers {
        let watch = |glob_pattern| FileSystemWatcher { glob_pattern, kind: Some(WatchKind::all()) };
        let mut watchers: Vec<_> = FILES.map(|glob| watch(GlobPattern::String(glob.to_owned()))).to_vec();
        // A folder that goes takes its files along, and they are not told one by one.
        watchers.push(FileSystemWatcher { glob_pattern: GlobPattern::String("**".to_owned()), kind: Some(WatchKind::Delete) });
        if client.watches_outside {
            watchers.extend(
                roots.filter_map(|root| Uri::from_file_path(root.path())).map(|uri| {
                    watch(GlobPattern::Relative(RelativePattern { base_uri: OneOf::Right(uri), pattern: REPOSITORY.to_owned() }))
                }),
            );
        }
        all.push(Registration {
            id: "preboot-files".to_owned(),
            method: "workspace/didChangeWatchedFiles".to_owned(),
            register_options: to_value(DidChangeWatchedFilesRegistrationOptions { watchers }).ok(),
        });
    }
    if client.registers_configuration {
        all.push(Registration {
            id: "preboot-configuration".to_owned(),
            method: "workspace/didChangeConfiguration".to_owned(),
            register_options: Some(serde_json::json!({ "section": super::settings::SECTION })),
        });
    }
    all
}

/// Whether a change of the file, outside the editor, may change a verdict.
pub(super) fn matters(path: &str) -> bool {
    let name = Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or_default();
    FileKind::of(path).is_some() || matches!(name, "preboot.toml" | "pyproject.toml" | ".gitignore") || path.starts_with(".git/")
}
