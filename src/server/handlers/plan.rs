//! `preboot/plan`: the PRs that the change takes. A promise to editors: documented in `docs/server.md`.

use super::edits::{Note, rewrite};
use crate::ide::actions;
use crate::phases::document::document;
use crate::phases::ground::Ground;
use crate::phases::planner;
use crate::server::verdict::complete;
use crate::server::view::View;
use serde::Deserialize;
use serde_json::{Map, Value, to_value};
use tower_lsp::jsonrpc::{Error, ErrorCode, Result};
use tower_lsp::ls_types::WorkspaceEdit;

#[derive(Clone, Debug, Default, Deserialize)]
pub(in crate::server) struct PlanParams {
    /// The URI of a folder of the workspace, where one alone is meant.
    pub(in crate::server) root: Option<String>,
}

/// As `preboot plan --output-format json` prints it, with the folder's URI as `root` before it and what `preboot check` says of the
/// whole change as `change` after it.
pub(in crate::server) fn plan(view: &View<'_>, params: &PlanParams) -> Result<Vec<Value>> {
    if !is_wanted(view, params) {
        return Ok(Vec::new());
    }
    with_references(view, |view| {
        let judged = view.judged();
        let plan = planner::plan(&Ground { analysis: judged.analysis, working: judged.working, sources: judged.sources });
        let Value::Object(plan) = to_value(document(&plan, view.verdict.team())).map_err(|_| Error::internal_error())? else {
            return Err(Error::internal_error());
        };
        let mut entry = Map::from_iter([("root".to_owned(), root(view).into())]);
        entry.extend(plan);
        let change = to_value(&judged.analysis.change).map_err(|_| Error::internal_error())?;
        entry.insert("change".to_owned(), change);
        Ok(vec![entry.into()])
    })
}

/// The edit that leaves only the first PR of the plan in the working tree.
pub(in crate::server) fn split(view: &View<'_>, params: &PlanParams) -> Result<Vec<WorkspaceEdit>> {
    if !is_wanted(view, params) {
        return Ok(Vec::new());
    }
    with_references(view, |view| {
        let Ok(changes) = actions::split(&view.judged()) else { return Ok(Vec::new()) };
        // `RequestFailed`: nothing is wrong with the request.
        let failed = || Error {
            code: ErrorCode::ServerError(-32803),
            message: "the change can't be split here: it is just being edited, or the editor makes and deletes no files".into(),
            data: None,
        };
        rewrite(view, &changes, &Note::of_plan()).map(|edit| vec![edit]).ok_or_else(failed)
    })
}

fn root(view: &View<'_>) -> Option<String> {
    view.snapshot.root.folder_uri().map(|uri| uri.to_string())
}

fn is_wanted(view: &View<'_>, params: &PlanParams) -> bool {
    params.root.is_none() || params.root == root(view)
}

/// A plan edits what names a field: the references have to be those of the very state.
fn with_references<T>(view: &View<'_>, act: impl FnOnce(&View<'_>) -> Result<T>) -> Result<T> {
    if view.verdict.is_complete {
        return act(view);
    }
    let verdict = complete(view.verdict, &|| false).map_err(|_| Error::internal_error())?;
    act(&View { verdict: &verdict, ..*view })
}
