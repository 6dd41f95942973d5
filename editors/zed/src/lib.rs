//! Tells Zed how to start the server: the program that the settings name, or the one on `PATH`.

use zed_extension_api::serde_json::{json, Value};
use zed_extension_api::settings::LspSettings;
use zed_extension_api::{self as zed, Command, LanguageServerId, Result, Worktree};

const NAME: &str = "preboot";

struct Preboot;

impl zed::Extension for Preboot {
    fn new() -> Self {
        Self
    }

    fn language_server_command(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let binary = LspSettings::for_worktree(NAME, worktree)?.binary;
        let command = binary
            .and_then(|binary| binary.path)
            .or_else(|| worktree.which(NAME))
            .ok_or("there is no program `preboot` on PATH: `pip install preboot`, or name it in lsp.preboot.binary.path")?;
        Ok(Command { command, args: vec!["server".to_owned()], env: worktree.shell_env() })
    }

    fn language_server_workspace_configuration(&mut self, _: &LanguageServerId, worktree: &Worktree) -> Result<Option<Value>> {
        let settings = LspSettings::for_worktree(NAME, worktree)?.settings.unwrap_or_default();
        Ok(Some(json!({ NAME: settings })))
    }
}

zed::register_extension!(Preboot);
