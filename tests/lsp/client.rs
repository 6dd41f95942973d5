//! A client that writes and reads raw messages. It answers what the server asks, and remembers what the server tells.

use crate::project::Project;
use preboot::server::{End, serve};
use preboot::workspace::variables::Variables;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf};
use tokio::runtime::Runtime;
use tokio::time::timeout;

/// More than any answer takes, on a machine that has other things to do.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Client {
    runtime: Runtime,
    reader: BufReader<ReadHalf<DuplexStream>>,
    writer: WriteHalf<DuplexStream>,
    server: JoinHandle<io::Result<End>>,
    root: PathBuf,
    next_id: i64,
    versions: BTreeMap<String, i32>,
    /// The last diagnostics of each file, by its path below the root, with their version.
    published: BTreeMap<String, (Option<i32>, Vec<Value>)>,
    /// Every notification and request of the server's, in order.
    pub(crate) heard: Vec<Value>,
    /// What is answered to `workspace/configuration`.
    pub(crate) configuration: Value,
    pub(crate) capabilities: Value,
    /// Whether it answers what the server asks.
    pub(crate) answers: bool,
}

/// What VS Code announces, as far as it matters.
pub(crate) fn modern() -> Value {
    json!({
        "general": { "positionEncodings": ["utf-16"] },
        "window": { "workDoneProgress": true },
        "workspace": {
            "configuration": true,
            "workspaceFolders": true,
            "workspaceEdit": { "documentChanges": true, "resourceOperations": ["create", "rename", "delete"] },
            "didChangeConfiguration": { "dynamicRegistration": true },
            "didChangeWatchedFiles": { "dynamicRegistration": true, "relativePatternSupport": true },
        },
        "textDocument": {
            "publishDiagnostics": {
                "relatedInformation": true, "versionSupport": true, "codeDescriptionSupport": true, "dataSupport": true,
                "tagSupport": { "valueSet": [1, 2] },
            },
            "hover": { "contentFormat": ["markdown", "plaintext"] },
            "definition": { "linkSupport": true },
            "documentSymbol": { "hierarchicalDocumentSymbolSupport": true },
            "codeAction": {
                "codeActionLiteralSupport": { "codeActionKind": { "valueSet": ["quickfix"] } },
                "isPreferredSupport": true, "dataSupport": true, "resolveSupport": { "properties": ["edit"] },
            },
        },
    })
}

impl Client {
    /// Of a project, initialized, with the capabilities of a modern client.
    pub(crate) fn new(project: &Project) -> Self {
        Self::with(project.root(), modern(), json!({}))
    }

    /// `options` are added to the parameters of `initialize`.
    pub(crate) fn with(root: &Path, capabilities: Value, options: Value) -> Self {
        let mut client = Self::connect(root);
        let mut params = json!({
            "processId": null,
            "capabilities": capabilities,
            "workspaceFolders": [{ "uri": uri_of(root), "name": "project" }],
        });
        params.as_object_mut().unwrap().extend(options.as_object().unwrap().clone());
        let answer = client.request("initialize", params);
        client.capabilities = answer["capabilities"].clone();
        client.notify("initialized", json!({}));
        client
    }

    /// To a server that has heard nothing yet.
    pub(crate) fn connect(root: &Path) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let server = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let (input, output) = tokio::io::split(theirs);
            // In no CI.
            let end = runtime.block_on(serve(input, output, Variables::default()));
            runtime.shutdown_background();
            end
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (reader, writer) = tokio::io::split(ours);
        Self {
            runtime,
            reader: BufReader::new(reader),
            writer,
            server,
            root: root.to_path_buf(),
            next_id: 0,
            versions: BTreeMap::new(),
            published: BTreeMap::new(),
            heard: Vec::new(),
            configuration: Value::Null,
            capabilities: Value::Null,
            answers: true,
        }
    }

    pub(crate) fn uri(&self, path: &str) -> String {
        uri_of(&self.root.join(path))
    }

    /// Opens a file with the text that it has on disk.
    pub(crate) fn open(&mut self, path: &str) {
        let text = std::fs::read_to_string(self.root.join(path)).unwrap();
        self.open_with(path, &text);
    }

    pub(crate) fn open_with(&mut self, path: &str, text: &str) {
        self.versions.insert(path.to_owned(), 1);
        let language = if path.ends_with(".py") { "python" } else { "html" };
        let document = json!({ "uri": self.uri(path), "languageId": language, "version": 1, "text": text });
        self.notify("textDocument/didOpen", json!({ "textDocument": document }));
    }

    /// Sends changes, each an event of the protocol.
    pub(crate) fn change(&mut self, path: &str, changes: Value) {
        let version = self.versions.get_mut(path).unwrap();
        *version += 1;
        let document = json!({ "uri": uri_of(&self.root.join(path)), "version": *version });
        self.notify("textDocument/didChange", json!({ "textDocument": document, "contentChanges": changes }));
    }

    /// Sends the whole text.
    pub(crate) fn set(&mut self, path: &str, text: &str) {
        self.change(path, json!([{ "text": text }]));
    }

    pub(crate) fn save(&mut self, path: &str) {
        let uri = self.uri(path);
        self.notify("textDocument/didSave", json!({ "textDocument": { "uri": uri } }));
    }

    pub(crate) fn close(&mut self, path: &str) {
        self.versions.remove(path);
        let uri = self.uri(path);
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri } }));
    }

    /// Closes a document, and forgets what it showed in it: as Neovim does where a buffer is read again.
    pub(crate) fn close_and_forget(&mut self, path: &str) {
        self.close(path);
        self.published.remove(path);
    }

    /// The diagnostics of an open file at its present version.
    #[track_caller]
    pub(crate) fn diagnostics(&mut self, path: &str) -> Vec<Value> {
        let version = self.versions.get(path).copied();
        self.wait_until(&format!("diagnostics of {path}"), |client| match client.published.get(path) {
            Some((seen, diagnostics)) if version.is_none() || *seen == version => Some(diagnostics.clone()),
            _ => None,
        })
    }

    /// Waits until nothing is left to be found out about the present texts, and all of it was told.
    pub(crate) fn settle(&mut self) {
        loop {
            let status = self.request("preboot/status", Value::Null);
            if status.as_array().unwrap().iter().all(|folder| folder["isComplete"] == true) {
                break;
            }
            thread::sleep(Duration::from_millis(20));
        }
        // What was told before this answer has come in by the next.
        self.request("preboot/status", Value::Null);
    }

    /// What is shown of a file now.
    pub(crate) fn shown(&self, path: &str) -> &[Value] {
        self.published.get(path).map_or(&[], |(_, diagnostics)| diagnostics)
    }

    /// The codes that are shown of a file now, with their lines, counted from 1.
    pub(crate) fn codes(&self, path: &str) -> Vec<String> {
        self.shown(path).iter().map(line_and_code).collect()
    }

    /// Reads messages until `check` finds what it looks for.
    #[track_caller]
    pub(crate) fn wait_until<T>(&mut self, what: &str, mut check: impl FnMut(&Self) -> Option<T>) -> T {
        loop {
            if let Some(found) = check(self) {
                return found;
            }
            let Some(message) = self.receive() else { panic!("the server fell silent: no {what}; heard {:#?}", self.heard) };
            self.take(message);
        }
    }

    #[track_caller]
    pub(crate) fn wait_for_codes(&mut self, path: &str, codes: &[&str]) {
        self.wait_until(&format!("{codes:?} of {path}"), |client| (client.codes(path) == codes).then_some(()));
    }

    /// The notifications of a method, in order.
    pub(crate) fn told(&self, method: &str) -> Vec<Value> {
        self.heard.iter().filter(|message| message["method"] == method).map(|message| message["params"].clone()).collect()
    }

    /// The result, or the error object.
    #[track_caller]
    pub(crate) fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.send_request(method, params);
        self.answer(id)
    }

    /// Sends a request about a place, a line and a column counted from 0.
    #[track_caller]
    pub(crate) fn request_at(&mut self, method: &str, path: &str, line: u32, character: u32) -> Value {
        let uri = self.uri(path);
        self.request(method, json!({ "textDocument": { "uri": uri }, "position": { "line": line, "character": character } }))
    }

    pub(crate) fn send_request(&mut self, method: &str, params: Value) -> i64 {
        self.next_id += 1;
        let id = self.next_id;
        self.send(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    #[track_caller]
    pub(crate) fn answer(&mut self, id: i64) -> Value {
        loop {
            let Some(message) = self.receive() else { panic!("request {id} was not answered") };
            if message["id"] == id && message.get("method").is_none() {
                return message.get("error").or_else(|| message.get("result")).unwrap().clone();
            }
            self.take(message);
        }
    }

    pub(crate) fn notify(&mut self, method: &str, params: Value) {
        self.send(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    pub(crate) fn send(&mut self, message: &Value) {
        let text = match message {
            // Methods without parameters want none.
            Value::Object(fields) if fields.get("params") == Some(&Value::Null) => {
                let mut fields = fields.clone();
                fields.remove("params");
                Value::Object(fields).to_string()
            }
            message => message.to_string(),
        };
        self.write(&format!("Content-Length: {}\r\n\r\n{text}", text.len()));
    }

    pub(crate) fn write(&mut self, bytes: &str) {
        self.runtime.block_on(self.writer.write_all(bytes.as_bytes())).unwrap();
    }

    /// Ends the session as a client should.
    pub(crate) fn stop(mut self) -> End {
        self.request("shutdown", Value::Null);
        self.notify("exit", Value::Null);
        self.end()
    }

    /// Closes the streams, and waits for the server to end.
    pub(crate) fn hang_up(self) -> End {
        let Self { server, reader, writer, runtime, .. } = self;
        drop((reader, writer, runtime));
        server.join().unwrap().unwrap()
    }

    /// Waits for the server to end by itself.
    pub(crate) fn end(self) -> End {
        self.server.join().unwrap().unwrap()
    }

    /// The next message; `None` where there is none for a long time, or where the server has ended.
    fn receive(&mut self) -> Option<Value> {
        let Self { runtime, reader, .. } = self;
        runtime.block_on(async { timeout(PATIENCE, read(reader)).await.ok().flatten() })
    }

    fn take(&mut self, message: Value) {
        if let (Some(id), Some(method)) = (message.get("id").filter(|_| self.answers), message["method"].as_str()) {
            let result = match method {
                "workspace/configuration" => json!([self.configuration]),
                _ => Value::Null,
            };
            self.send(&json!({ "jsonrpc": "2.0", "id": id, "result": result }));
        }
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let uri = params["uri"].as_str().unwrap();
            let path = uri.strip_prefix(&format!("{}/", uri_of(&self.root))).unwrap_or(uri).to_owned();
            let version = params["version"].as_i64().map(|version| version as i32);
            self.published.insert(path, (version, params["diagnostics"].as_array().unwrap().clone()));
        }
        self.heard.push(message);
    }
}

/// `8 PB103`
pub(crate) fn line_and_code(diagnostic: &Value) -> String {
    let line = diagnostic["range"]["start"]["line"].as_u64().unwrap() + 1;
    format!("{line} {}", diagnostic["code"].as_str().unwrap_or("-"))
}

fn uri_of(path: &Path) -> String {
    format!("file://{}", path.display())
}

async fn read(reader: &mut BufReader<ReadHalf<DuplexStream>>) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        match line.trim_end().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).await.ok()?;
    Some(serde_json::from_slice(&body).unwrap())
}
