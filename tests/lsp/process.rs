//! The program itself, where its environment or its end matters.

use crate::project::Project;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";

const PATIENCE: Duration = Duration::from_secs(60);

struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    messages: Receiver<Value>,
    root: String,
    /// Everything the server said but for answers.
    heard: Vec<Value>,
}

impl Process {
    /// Of a project, initialized, with this added to the environment.
    fn new(project: &Project, environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_preboot"));
        command.arg("server").current_dir("/").env_clear();
        command.envs(["PATH", "HOME"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?)))).envs(environment.to_vec());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let (sender, messages) = channel();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            while let Some(message) = read(&mut stdout).filter(|message| sender.send(message.clone()).is_ok()) {
                drop(message);
            }
        });
        let stdin = child.stdin.take();
        let mut process = Self { child, stdin, messages, root: format!("file://{}", project.root().display()), heard: Vec::new() };
        let folders = json!([{ "uri": process.root, "name": "shop" }]);
        process.request("initialize", json!({ "processId": null, "capabilities": {}, "workspaceFolders": folders }));
        process.send(&json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} }));
        process
    }

    fn send(&mut self, message: &Value) {
        let text = message.to_string();
        write!(self.stdin.as_mut().unwrap(), "Content-Length: {}\r\n\r\n{text}", text.len()).unwrap();
    }

    fn open(&mut self, project: &Project) {
        let document = json!({
            "uri": format!("{}/{MIGRATION}", self.root), "languageId": "python", "version": 1, "text": project.read(MIGRATION),
        });
        self.send(&json!({ "jsonrpc": "2.0", "method": "textDocument/didOpen", "params": { "textDocument": document } }));
    }

    /// The result, or the error object.
    fn request(&mut self, method: &str, params: Value) -> Value {
        self.send(&json!({ "jsonrpc": "2.0", "id": method, "method": method, "params": params }));
        self.wait_for(method, |message| message["id"] == method).as_object().unwrap().get("result").cloned().unwrap_or_default()
    }

    #[track_caller]
    fn wait_for(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        loop {
            let Ok(message) = self.messages.recv_timeout(PATIENCE) else { panic!("no {what}; heard {:#?}", self.heard) };
            if is_it(&message) {
                return message;
            }
            self.heard.push(message);
        }
    }

    /// The status that it ends with by itself.
    fn end(&mut self) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the server does not end");
    }

    fn stop(&mut self) -> Option<i32> {
        self.send(&json!({ "jsonrpc": "2.0", "id": "shutdown", "method": "shutdown" }));
        self.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
        self.end()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(stdout: &mut BufReader<ChildStdout>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if stdout.read_line(&mut line).ok()? == 0 {
            return None;
        }
        match line.trim_end().strip_prefix("Content-Length: ") {
            Some(value) => length = value.parse().ok()?,
            None if line.trim_end().is_empty() => break,
            None => {}
        }
    }
    let mut body = vec![0; length];
    stdout.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

/// There is no deployed code then: what the migration is by itself is still told, and why it isn't more.
#[track_caller]
fn is_judged_without_git(project: &Project, environment: &[(&str, &str)], why: &str) {
    let mut process = Process::new(project, environment);
    process.open(project);
    let status = process.request("preboot/status", Value::Null);
    assert_eq!(status[0]["base"], Value::Null, "{status}");
    assert!(status[0]["notes"].to_string().contains(why), "{status}");
    let at = json!({ "textDocument": { "uri": format!("{}/{MIGRATION}", process.root) }, "position": { "line": 7, "character": 20 } });
    assert!(process.request("textDocument/hover", at).is_object());
    assert_eq!(process.stop(), Some(0));
}

#[test]
fn without_the_program_git_each_migration_is_judged_alone() {
    let empty = tempfile::tempdir().unwrap();
    for path in ["", "/no/such/folder", &empty.path().display().to_string()] {
        is_judged_without_git(&Project::new("rename"), &[("PATH", path)], "`git` was not found");
    }
}

/// To the system, an empty entry of the search path is the folder that a program is started in.
#[cfg(unix)]
#[test]
fn a_program_of_the_project_is_not_started() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new("rename");
    project.write("git", "#!/bin/sh\n: > started\n");
    std::fs::set_permissions(project.root().join("git"), std::fs::Permissions::from_mode(0o755)).unwrap();
    for path in ["", ":", ".", "shop/..:"] {
        is_judged_without_git(&project, &[("PATH", path)], "`git` was not found");
    }
    assert!(!project.root().join("started").exists());
    let inside = Command::new("git").env("PATH", ":").current_dir(project.root()).status();
    assert!(inside.is_ok() && project.root().join("started").exists(), "the trap works");
}

/// As in a container, where the files belong to somebody else.
#[test]
fn a_repository_that_git_refuses_is_said() {
    let refusing = ("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1");
    is_judged_without_git(&Project::new("rename"), &[refusing, ("HOME", "/no/such/folder")], "dubious ownership");
}

#[test]
fn a_closed_input_ends_it_whatever_is_being_asked() {
    let project = Project::new("rename");
    for sent in ["", "Content-Length: 10\r\n\r\n{", "Content-Le"] {
        let mut process = Process::new(&project, &[]);
        process.open(&project);
        for method in ["preboot/plan", "preboot/schema", "workspace/symbol"] {
            process.send(&json!({ "jsonrpc": "2.0", "id": method, "method": method, "params": { "query": "" } }));
        }
        process.stdin.as_mut().unwrap().write_all(sent.as_bytes()).unwrap();
        drop(process.stdin.take());
        assert_eq!(process.end(), Some(1), "{sent}");
    }
}

/// Nobody reads what it says any more.
#[test]
fn a_closed_output_ends_nothing_before_its_time() {
    let project = Project::new("rename");
    let mut process = Process::new(&project, &[]);
    process.messages = channel().1;
    for _ in 0..3 {
        process.open(&project);
        process.send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "preboot/status" }));
    }
    drop(process.stdin.take());
    assert_eq!(process.end(), Some(1));
}

#[test]
fn an_exit_has_the_status_of_its_circumstances() {
    let project = Project::new("rename");
    assert_eq!(Process::new(&project, &[]).stop(), Some(0));
    let mut process = Process::new(&project, &[]);
    process.send(&json!({ "jsonrpc": "2.0", "method": "exit" }));
    assert_eq!(process.end(), Some(1));
    let mut process = Process::new(&project, &[]);
    process.stdin.as_mut().unwrap().write_all(b"Content-Length: 99999999999999999999\r\n\r\n").unwrap();
    assert_eq!(process.end(), Some(1));
}

/// The work tree and the repository belong to somebody who lets nobody write.
#[cfg(unix)]
#[test]
fn a_disk_that_is_read_only_is_read() {
    use std::os::unix::fs::PermissionsExt;
    fn set(folder: &Path, folders: u32, files: u32) {
        let all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        for path in all {
            match path.is_dir() {
                true => set(&path, folders, files),
                false => std::fs::set_permissions(&path, std::fs::Permissions::from_mode(files)).unwrap(),
            }
        }
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(folders)).unwrap();
    }
    /// Every file with the time of its last change: whoever may write in spite of the mode leaves traces.
    fn state(folder: &Path, found: &mut BTreeMap<PathBuf, SystemTime>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            found.insert(path.clone(), path.symlink_metadata().unwrap().modified().unwrap());
            if path.is_dir() {
                state(&path, found);
            }
        }
    }
    let project = Project::new("rename");
    set(project.root(), 0o555, 0o444);
    let (mut before, mut after) = Default::default();
    state(project.root(), &mut before);
    let mut process = Process::new(&project, &[("HOME", "/no/such/folder")]);
    process.open(&project);
    process.wait_for("PB103", |message| message["params"]["diagnostics"].to_string().contains("PB103"));
    let status = process.stop();
    state(project.root(), &mut after);
    assert_eq!(after, before);
    set(project.root(), 0o755, 0o644);
    assert_eq!(status, Some(0));
}
