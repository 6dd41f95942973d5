//! Messages of a client that were changed at random, in whole sessions: whatever comes in, the server goes on, and ends when it is
//! told to.

use crate::random::mutate;
use crate::{corpus, run};
use fastrand::Rng;
use preboot::server::{End, serve};
use preboot::workspace::variables::Variables;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream, ReadHalf, WriteHalf, duplex, split};
use tokio::time::timeout;

/// How many messages a session has: each counts as an input.
const MESSAGES: u64 = 16;

const FOLDERS: &str = "workspace/didChangeWorkspaceFolders";

/// The answer to the last request is waited for so long.
const PATIENCE: Duration = Duration::from_secs(120);

/// Of any thread: the server catches those of its own.
static PANICS: AtomicUsize = AtomicUsize::new(0);

#[test]
fn messages() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        before(info);
    }));
    // Outside of our own repository, whose history is none of the project's.
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (path, text) in corpus() {
        let file = root.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let known = known(&root);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    run(1_500 / MESSAGES, MESSAGES, |rng| {
        let panics = PANICS.load(Ordering::Relaxed);
        let messages: Vec<String> = (0..MESSAGES).map(|_| text(&changed(&known, rng), &known, rng)).collect();
        let end = runtime.block_on(async { timeout(PATIENCE, session(&root, &messages)).await });
        assert_eq!(end.ok(), Some(End::Orderly), "{messages:#?}");
        assert_eq!(PANICS.load(Ordering::Relaxed), panics, "{messages:#?}");
    });
}

/// The messages of the corpus, about the files of the project.
fn known(root: &Path) -> Vec<Value> {
    let root = format!("file://{}", root.display());
    let mut text = include_str!("messages/session.json").replace("$ROOT", &root);
    for (path, content) in corpus() {
        let quoted = Value::String(content).to_string();
        text = text.replace(&format!("\"$TEXT {path}\""), &quoted);
    }
    serde_json::from_str(&text).unwrap()
}

/// A message as it is sent. One in sixteen is changed once more, and may be none then.
fn text(message: &Value, known: &[Value], rng: &mut Rng) -> String {
    let text = message.to_string();
    let adds_folders = text.contains(FOLDERS);
    if rng.u8(..16) > 0 || adds_folders {
        return text;
    }
    mutate(&text, &known[rng.usize(..known.len())].to_string(), rng)
}

/// One of them with up to three of its values changed.
fn changed(known: &[Value], rng: &mut Rng) -> Value {
    let mut message = known[rng.usize(..known.len())].clone();
    let other = known[rng.usize(..known.len())].to_string();
    let Value::Object(fields) = &mut message else { return message };
    fields.insert("jsonrpc".to_owned(), json!("2.0"));
    for _ in 0..rng.usize(0..=3) {
        match ["params", "result"].into_iter().find(|key| fields.contains_key(*key)) {
            Some("params") if rng.u8(..) == 0 => drop(fields.remove("params")),
            Some(key) => change(&mut fields[key], &other, rng),
            None => drop(fields.insert("params".to_owned(), any(&other, rng))),
        }
        if rng.u8(..) < 8
            && let Some(Value::String(method)) = fields.get_mut("method")
        {
            *method = mutate(method, &other, rng);
        }
    }
    // A folder that is the whole disk takes the time that it takes.
    if fields.get("method").is_some_and(|method| method == FOLDERS)
        && let Some(added) = message.pointer_mut("/params/event/added")
    {
        *added = json!([]);
    }
    message
}

fn change(value: &mut Value, other: &str, rng: &mut Rng) {
    let goes_down = rng.u8(..) > 40;
    match value {
        Value::Object(fields) if goes_down && !fields.is_empty() => {
            let at = rng.usize(..fields.len());
            let key = fields.keys().nth(at).cloned().unwrap();
            match rng.u8(..12) {
                0 => drop(fields.remove(&key)),
                1 => drop(fields.insert(mutate(&key, other, rng), json!(1))),
                _ => change(fields.get_mut(&key).unwrap(), other, rng),
            }
        }
        Value::Array(items) if goes_down && !items.is_empty() => {
            let at = rng.usize(..items.len());
            match rng.u8(..8) {
                0 => drop(items.remove(at)),
                1 => items.push(items[at].clone()),
                _ => change(&mut items[at], other, rng),
            }
        }
        Value::String(text) if rng.u8(..4) > 0 => *text = mutate(text, other, rng),
        Value::Number(_) if rng.bool() => *value = json!(rng.u32(..80)),
        _ => *value = any(other, rng),
    }
}

fn any(other: &str, rng: &mut Rng) -> Value {
    match rng.u8(..12) {
        0 => Value::Null,
        1 => json!(rng.bool()),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(u32::MAX),
        5 => json!(i64::MIN),
        6 => json!(1.5e300),
        7 => json!(""),
        8 => json!([]),
        9 => Value::Object(Map::new()),
        10 => json!(mutate(other, other, rng)),
        _ => json!([[[[{"a": {"b": [null]}}]]]]),
    }
}

type Stream = (BufReader<ReadHalf<DuplexStream>>, WriteHalf<DuplexStream>);

/// How the server ends after these messages and an orderly farewell.
async fn session(root: &Path, messages: &[String]) -> End {
    let (ours, theirs) = duplex(1 << 22);
    let (input, output) = split(theirs);
    let (reader, writer) = split(ours);
    let mut stream: Stream = (BufReader::new(reader), writer);
    let server = serve(input, output, Variables::default());
    let client = async {
        let folders = json!([{ "uri": format!("file://{}", root.display()), "name": "project" }]);
        let capabilities = json!({ "workspace": { "configuration": true, "workspaceFolders": true, "applyEdit": true } });
        send(
            &mut stream,
            &json!({ "jsonrpc": "2.0", "id": "first", "method": "initialize", "params": {
            "processId": null, "capabilities": capabilities, "workspaceFolders": folders,
        } }),
        )
        .await;
        answer(&mut stream, "first").await;
        send(&mut stream, &json!({ "jsonrpc": "2.0", "method": "initialized", "params": {} })).await;
        for message in messages {
            write(&mut stream, message).await;
        }
        send(&mut stream, &json!({ "jsonrpc": "2.0", "id": "status", "method": "preboot/status" })).await;
        answer(&mut stream, "status").await;
        send(&mut stream, &json!({ "jsonrpc": "2.0", "id": "last", "method": "shutdown" })).await;
        answer(&mut stream, "last").await;
        send(&mut stream, &json!({ "jsonrpc": "2.0", "method": "exit" })).await;
    };
    let (end, ()) = tokio::join!(server, client);
    end.unwrap()
}

async fn send(stream: &mut Stream, message: &Value) {
    write(stream, &message.to_string()).await;
}

async fn write(stream: &mut Stream, text: &str) {
    stream.1.write_all(format!("Content-Length: {}\r\n\r\n{text}", text.len()).as_bytes()).await.unwrap();
}

/// Reads until the answer of that name comes.
async fn answer(stream: &mut Stream, id: &str) -> Value {
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            assert!(stream.0.read_line(&mut line).await.unwrap() > 0, "the server has ended before `{id}`");
            match line.trim_end().strip_prefix("Content-Length: ") {
                Some(value) => length = value.parse().unwrap(),
                None if line.trim_end().is_empty() => break,
                None => {}
            }
        }
        let mut body = vec![0; length];
        stream.0.read_exact(&mut body).await.unwrap();
        let message: Value = serde_json::from_slice(&body).unwrap();
        if message["id"] == id && message.get("method").is_none() {
            return message;
        }
    }
}
