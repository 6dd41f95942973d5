//! One way to start `git`: with every program that a repository may configure overridden.

use super::GitError;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

/// `git` inside a folder.
#[derive(Debug)]
pub(super) struct Git {
    folder: PathBuf,
    index: Option<PathBuf>,
}

/// What is set on every command line: it wins over the files of the repository, the user and the system.
const OVERRIDES: [&str; 3] = ["core.fsmonitor=false", "core.hooksPath=/dev/null", "core.quotePath=false"];

/// `GIT_ALLOW_PROTOCOL` names the only transport allowed; no transport is called so. It keeps a `git` that does not know
/// `GIT_NO_LAZY_FETCH` from starting `core.sshCommand` for a blob that a partial clone lacks.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_PAGER", "cat"),
    ("LC_ALL", "C"),
];

/// Variables that bind `git` to one repository or change its answers: those of the hook which started us may mean another one.
const LOCAL_VARIABLES: [&str; 21] = [
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DIFF_OPTS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_LITERAL_PATHSPECS",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_WORK_TREE",
    "GIT_QUARANTINE_PATH",
];

impl Git {
    pub(super) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_path_buf(), index: None }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn with_index(self, index: &Path) -> Self {
        Self { index: Some(index.to_path_buf()), ..self }
    }

    fn command(&self, arguments: &[&str]) -> Result<Command, GitError> {
        let mut command = Command::new(program().ok_or(GitError::NoProgram)?);
        command.current_dir(&self.folder).arg("--no-pager");
        for setting in OVERRIDES {
            command.args(["-c", setting]);
        }
        for variable in LOCAL_VARIABLES {
            command.env_remove(variable);
        }
        command.envs(ENVIRONMENT);
        if let Some(index) = &self.index {
            command.env("GIT_INDEX_FILE", index);
        }
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }

    /// What it prints.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, GitError> {
        let output = self.command(arguments)?.output().map_err(|error| GitError::start(&error))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(GitError::of_status(arguments, output.status.code(), &output.stderr))
    }

    pub(super) fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, GitError> {
        let mut output = Vec::new();
        self.converse(
            arguments,
            |mut stdin| stdin.write_all(input),
            |mut stdout| {
                stdout.read_to_end(&mut output)?;
                Ok(())
            },
        )?;
        Ok(output)
    }

    /// Writes and reads at the same time: otherwise both pipes could fill up and the two programs wait for each other for ever.
    pub(super) fn converse(
        &self,
        arguments: &[&str],
        write: impl FnOnce(ChildStdin) -> io::Result<()> + Send,
        read: impl FnOnce(ChildStdout) -> io::Result<()>,
    ) -> Result<(), GitError> {
        let mut child = self.command(arguments)?.stdin(Stdio::piped()).spawn().map_err(|error| GitError::start(&error))?;
        let result = match (child.stdin.take(), child.stdout.take(), child.stderr.take()) {
            (Some(stdin), Some(stdout), Some(mut stderr)) => std::thread::scope(|scope| {
                // A write fails only where `git` ended early, which its status tells better.
                scope.spawn(move || write(stdin).is_ok());
                let messages = scope.spawn(move || {
                    let mut text = Vec::new();
                    let _ = stderr.read_to_end(&mut text);
                    text
                });
                let result = read(stdout);
                (result, messages.join().unwrap_or_default())
            }),
            _ => (Err(io::Error::other("no pipe")), Vec::new()),
        };
        finish(child, arguments, result)
    }
}

/// Where the program is: looked for once.
fn program() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    PROGRAM.get_or_init(|| find(std::env::split_paths(&std::env::var_os("PATH")?))).as_deref()
}

/// Looks in absolute folders alone. `git` runs in the folder of the project: to the system, an entry that is relative or empty, as a
/// colon too many makes one, means a program of the project's.
fn find(mut folders: impl Iterator<Item = PathBuf>) -> Option<PathBuf> {
    folders.find_map(|folder| {
        let program = folder.join("git").with_extension(std::env::consts::EXE_EXTENSION);
        (folder.is_absolute() && is_executable(&program)).then_some(program)
    })
}

#[cfg(unix)]
fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(file: &Path) -> bool {
    file.is_file()
}

fn finish(mut child: Child, arguments: &[&str], (result, messages): (io::Result<()>, Vec<u8>)) -> Result<(), GitError> {
    let status = child.wait().map_err(|error| GitError::start(&error))?;
    if !status.success() {
        return Err(GitError::of_status(arguments, status.code(), &messages));
    }
    result.map_err(|error| GitError::of_status(arguments, None, error.to_string().as_bytes()))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_program_of_the_project_is_never_found() {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str, mode: u32| {
            let folder = folder.path().join(name);
            fs::create_dir(&folder).unwrap();
            fs::write(folder.join("git"), "#!/bin/sh\n").unwrap();
            fs::set_permissions(folder.join("git"), fs::Permissions::from_mode(mode)).unwrap();
            folder
        };
        let (data, program) = (place("data", 0o644), place("program", 0o755));
        let holder = folder.path().join("holder");
        fs::create_dir_all(holder.join("git")).unwrap();
        let mut folders: Vec<PathBuf> = std::env::split_paths(":.:target").chain([data, holder]).collect();
        assert_eq!(find(folders.clone().into_iter()), None);
        folders.push(program.clone());
        assert_eq!(find(folders.into_iter()), Some(program.join("git")));
    }
}
