//! `workspace/executeCommand`: what the server does when it is told to.

use super::handlers::plan::PlanParams;
use super::session::Session;
use serde_json::Value;
use std::sync::Arc;
use tower_lsp::jsonrpc::{Error, Result};

/// Everything is read again. Clients register commands under these names, so they must be no extension's own.
pub(super) const REFRESH: &str = "preboot.server.refresh";

/// The argument is the revision that counts as deployed from now on; `null` takes that back.
pub(super) const CHOOSE_BASE: &str = "preboot.server.chooseBase";

/// Answers as `preboot/plan` does. The argument is a folder's URI; without it, all.
pub(super) const PLAN: &str = "preboot.server.plan";

/// Has the client leave only the first PR of the plan in the working tree. The argument is a folder's URI; without it, all.
pub(super) const SPLIT: &str = "preboot.server.split";

pub(super) const ALL: [&str; 4] = [REFRESH, CHOOSE_BASE, PLAN, SPLIT];

/// The folder that an argument names.
pub(super) fn folder(command: &str, arguments: &[Value]) -> Result<PlanParams> {
    match arguments {
        [] | [Value::Null] => Ok(PlanParams { root: None }),
        [Value::String(root)] => Ok(PlanParams { root: Some(root.clone()) }),
        _ => Err(Error::invalid_params(format!("{command} takes a folder's URI, or nothing"))),
    }
}

pub(super) fn execute(session: &mut Session, command: &str, arguments: &[Value]) -> Result<Option<Value>> {
    match (command, arguments) {
        (REFRESH, _) => session.read_all_again(),
        (CHOOSE_BASE, [] | [Value::Null]) => session.choose_base(None),
        (CHOOSE_BASE, [Value::String(revision)]) => session.choose_base(Some(Arc::from(revision.as_str()))),
        (CHOOSE_BASE, _) => return Err(Error::invalid_params(format!("{CHOOSE_BASE} takes a revision, or null"))),
        _ => return Err(Error::invalid_params(format!("there is no command `{command}`"))),
    }
    Ok(None)
}
