//! What the server says to the client by itself, in order. Nobody who has something to do waits for it to be sent.

use super::event::Event;
use super::settings::SECTION;
use crossbeam_channel::Sender;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::oneshot;
use tower_lsp::Client;
use tower_lsp::ls_types::notification::{Notification, Progress, PublishDiagnostics};
use tower_lsp::ls_types::request::ApplyWorkspaceEdit;
use tower_lsp::ls_types::{
    ApplyWorkspaceEditParams, ConfigurationItem, MessageType, NumberOrString, ProgressParams, ProgressParamsValue, ProgressToken,
    PublishDiagnosticsParams, Registration, WorkDoneProgress, WorkDoneProgressBegin, WorkDoneProgressEnd, WorkspaceEdit,
};

/// `preboot/didJudge`. A promise to editors: documented in `docs/server.md`.
enum DidJudge {}

#[derive(Debug, Deserialize, Serialize)]
struct DidJudgeParams {
    /// The folder's URI.
    root: Option<String>,
}

impl Notification for DidJudge {
    type Params = DidJudgeParams;
    const METHOD: &'static str = "preboot/didJudge";
}

enum Message {
    Publish(PublishDiagnosticsParams),
    /// The client is to ask for diagnostics again.
    RefreshDiagnostics,
    /// The client is to ask for code lenses again.
    RefreshLenses,
    /// The folder with this URI was judged.
    Judged(Option<String>),
    Log(MessageType, String),
    Show(MessageType, String),
    Register(Vec<Registration>),
    AskConfiguration,
    /// What is applied is shown under this label.
    Apply(String, Box<WorkspaceEdit>),
    /// A title, and what tells that it is over.
    Progress(String, oneshot::Receiver<()>),
}

/// The owner's end.
#[derive(Clone)]
pub(super) struct Outbox(UnboundedSender<Message>);

/// The client's end, which [`Letters::deliver`] empties.
pub(super) struct Letters(UnboundedReceiver<Message>);

/// Something goes on until this is dropped.
pub(super) struct Ongoing(#[expect(dead_code, reason = "its end is the message")] oneshot::Sender<()>);

pub(super) fn outbox() -> (Outbox, Letters) {
    let (sender, receiver) = unbounded_channel();
    (Outbox(sender), Letters(receiver))
}

impl Outbox {
    pub(super) fn publish(&self, params: PublishDiagnosticsParams) {
        self.send(Message::Publish(params));
    }

    pub(super) fn refresh_diagnostics(&self) {
        self.send(Message::RefreshDiagnostics);
    }

    pub(super) fn refresh_lenses(&self) {
        self.send(Message::RefreshLenses);
    }

    /// For a client that asks for what follows from a verdict besides diagnostics.
    pub(super) fn judged(&self, folder: Option<String>) {
        self.send(Message::Judged(folder));
    }

    pub(super) fn log(&self, level: MessageType, text: impl Into<String>) {
        self.send(Message::Log(level, text.into()));
    }

    /// For what the user must know: it pops up.
    pub(super) fn show(&self, level: MessageType, text: impl Into<String>) {
        self.send(Message::Show(level, text.into()));
    }

    pub(super) fn register(&self, registrations: Vec<Registration>) {
        self.send(Message::Register(registrations));
    }

    /// The answer comes as `Event::Configured`.
    pub(super) fn ask_configuration(&self) {
        self.send(Message::AskConfiguration);
    }

    pub(super) fn apply(&self, label: &str, edit: WorkspaceEdit) {
        self.send(Message::Apply(label.to_owned(), Box::new(edit)));
    }

    pub(super) fn progress(&self, title: impl Into<String>) -> Ongoing {
        let (sender, receiver) = oneshot::channel();
        self.send(Message::Progress(title.into(), receiver));
        Ongoing(sender)
    }

    fn send(&self, message: Message) {
        // Nobody reads any more while the server ends.
        let _ = self.0.send(message);
    }
}

impl Letters {
    /// Sends what comes in. Requests are not waited for: a client that never answers costs nothing.
    pub(super) async fn deliver(mut self, client: Client, events: Sender<Event>) {
        while let Some(message) = self.0.recv().await {
            match message {
                Message::Publish(params) => client.send_notification::<PublishDiagnostics>(params).await,
                // A client that can't do it after all loses nothing else by it.
                Message::RefreshDiagnostics => {
                    let client = client.clone();
                    tokio::spawn(async move { client.workspace_diagnostic_refresh().await.ok() });
                }
                Message::RefreshLenses => {
                    let client = client.clone();
                    tokio::spawn(async move { client.code_lens_refresh().await.ok() });
                }
                Message::Judged(root) => client.send_notification::<DidJudge>(DidJudgeParams { root }).await,
                Message::Log(level, text) => client.log_message(level, text).await,
                Message::Show(level, text) => client.show_message(level, text).await,
                Message::Register(registrations) => {
                    let client = client.clone();
                    tokio::spawn(async move {
                        if let Err(error) = client.register_capability(registrations).await {
                            tracing::warn!("the client does not register: {error}");
                        }
                    });
                }
                Message::AskConfiguration => {
                    tokio::spawn(ask_configuration(client.clone(), events.clone()));
                }
                Message::Apply(label, edit) => {
                    let client = client.clone();
                    let params = ApplyWorkspaceEditParams { label: Some(label), edit: *edit };
                    tokio::spawn(async move { client.send_request::<ApplyWorkspaceEdit>(params).await.ok() });
                }
                Message::Progress(title, end) => {
                    tokio::spawn(progress(client.clone(), title, end));
                }
            }
        }
    }
}

async fn ask_configuration(client: Client, events: Sender<Event>) {
    let item = ConfigurationItem { scope_uri: None, section: Some(SECTION.to_owned()) };
    match client.configuration(vec![item]).await {
        Ok(answers) => {
            let answer = answers.into_iter().next().filter(Value::is_object);
            let _ = events.send(Event::Configured(answer.unwrap_or_else(|| Value::Object(serde_json::Map::new()))));
        }
        Err(error) => tracing::warn!("the client does not say its configuration: {error}"),
    }
}

async fn progress(client: Client, title: String, end: oneshot::Receiver<()>) {
    static TOKENS: AtomicU32 = AtomicU32::new(0);
    let token: ProgressToken = NumberOrString::String(format!("preboot/{}", TOKENS.fetch_add(1, Ordering::Relaxed)));
    if client.create_work_done_progress(token.clone()).await.is_err() {
        return;
    }
    let send =
        |value| client.send_notification::<Progress>(ProgressParams { token: token.clone(), value: ProgressParamsValue::WorkDone(value) });
    send(WorkDoneProgress::Begin(WorkDoneProgressBegin { title, ..WorkDoneProgressBegin::default() })).await;
    // An error is the end as well: the other side was dropped.
    let _ = end.await;
    send(WorkDoneProgress::End(WorkDoneProgressEnd::default())).await;
}
