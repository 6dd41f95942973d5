//! The client's bytes, message by message, before the framework reads them.
//!
//! The framework ends a session at the first message that it can't read. Here such a message is replaced by a request that says
//! what is wrong with it, which `gate` answers; so a client's slip costs that message alone. Where a message begins can't be told
//! any more once a head can't be read: that is the end of the input.

use super::gate::{REFUSED, Refused};
use memchr::memchr;
use serde_json::{Value, json};
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, ReadBuf};
use tower_lsp::jsonrpc::{Id, Request, Response};

/// No head is longer: it has two lines.
const LONGEST_HEAD: usize = 4 << 10;

/// No message is longer, in bytes. A document of 10 MB is one; a number of 20 digits is a mistake.
const LONGEST_BODY: usize = 1 << 30;

const CHUNK: usize = 16 << 10;

/// Reads what a client sends and passes on what the framework can read.
pub(super) struct Messages<I> {
    input: I,
    /// What has come, and is not a whole message yet.
    pending: Vec<u8>,
    /// How long the message that `pending` begins with must be to be whole, where its head has come.
    wanted: Option<Range<usize>>,
    /// Whole messages, of which the first `taken` bytes have been passed on.
    whole: Vec<u8>,
    taken: usize,
    is_over: bool,
}

impl<I> Messages<I> {
    pub(super) fn new(input: I) -> Self {
        Self { input, pending: Vec::new(), wanted: None, whole: Vec::new(), taken: 0, is_over: false }
    }

    /// Moves the whole messages of `pending` to `whole`.
    fn sort(&mut self) {
        let mut at = 0;
        while let Some(rest) = self.pending.get(at..) {
            let body = match self.wanted.take() {
                Some(body) => body,
                None => match head(rest) {
                    Head::Whole { length, body } => body..body + length,
                    Head::Partial => break,
                    Head::Broken(why) => {
                        tracing::error!("what the client sends can't be read any further: {why}");
                        self.is_over = true;
                        break;
                    }
                },
            };
            let Some(text) = rest.get(body.clone()) else {
                self.wanted = Some(body);
                break;
            };
            pass(text, &mut self.whole);
            at += body.end;
        }
        self.pending.drain(..at);
    }
}

impl<I: AsyncRead + Unpin> AsyncRead for Messages<I> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, out: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            let rest = this.whole.get(this.taken..).unwrap_or_default();
            if !rest.is_empty() {
                let (now, _) = rest.split_at(rest.len().min(out.remaining()));
                out.put_slice(now);
                this.taken += now.len();
                return Poll::Ready(Ok(()));
            }
            this.whole.clear();
            this.taken = 0;
            if this.is_over {
                return Poll::Ready(Ok(()));
            }
            let mut chunk = [0; CHUNK];
            let mut chunk = ReadBuf::new(&mut chunk);
            ready!(Pin::new(&mut this.input).poll_read(context, &mut chunk))?;
            this.is_over = chunk.filled().is_empty();
            this.pending.extend_from_slice(chunk.filled());
            if this.wanted.as_ref().is_none_or(|body| this.pending.len() >= body.end) {
                this.sort();
            }
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Head {
    Partial,
    /// The bytes of the body, and where it begins.
    Whole {
        length: usize,
        body: usize,
    },
    Broken(&'static str),
}

/// What a text begins with. Of the fields only the length matters: another encoding than UTF-8 is not among the protocol's.
fn head(text: &[u8]) -> Head {
    let (mut at, mut length) = (0, None);
    while let Some(rest) = text.get(at..)
        && let Some(end) = memchr(b'\n', rest)
    {
        let line = rest.get(..end).unwrap_or_default().trim_ascii();
        at += end + 1;
        if line.is_empty() {
            return match length {
                Some(length) => Head::Whole { length, body: at },
                None => Head::Broken("a message has no Content-Length"),
            };
        }
        let Some((name, value)) = memchr(b':', line).and_then(|colon| line.split_at_checked(colon)) else {
            return Head::Broken("a head has a line without a colon");
        };
        if !name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-') {
            return Head::Broken("a head has a field without a name");
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            let value = value.get(1..).unwrap_or_default().trim_ascii();
            length = match str::from_utf8(value).ok().and_then(|digits| digits.parse().ok()) {
                Some(length) if length <= LONGEST_BODY => Some(length),
                _ => return Head::Broken("a Content-Length is no number, or too large a one"),
            };
        }
    }
    match text.len() > LONGEST_HEAD {
        true => Head::Broken("a head does not end"),
        false => Head::Partial,
    }
}

/// Adds a message to `whole`, or what stands for it.
fn pass(body: &[u8], whole: &mut Vec<u8>) {
    let refusal = refusal(body).map(|(id, why)| {
        tracing::warn!("a message of the client's is refused: {why:?}");
        json!({ "jsonrpc": "2.0", "id": id, "method": REFUSED, "params": why }).to_string()
    });
    let body = refusal.as_deref().map_or(body, str::as_bytes);
    whole.extend_from_slice(format!("Content-Length: {}\r\n\r\n", body.len()).as_bytes());
    whole.extend_from_slice(body);
}

/// Why the framework would not read a message, if it would not, and whose answer that is: nobody's, where the message doesn't say.
fn refusal(body: &[u8]) -> Option<(Id, Refused)> {
    let unreadable = Some((Id::Null, Refused::Unreadable));
    let Ok(text) = str::from_utf8(body) else { return unreadable };
    // An empty method stands for none.
    if serde_json::from_str::<Request>(text).is_ok_and(|request| !request.method().is_empty())
        || serde_json::from_str::<Response>(text).is_ok()
    {
        return None;
    }
    let Ok(message) = serde_json::from_str::<Value>(text) else { return unreadable };
    let asks = message.get("method").is_some();
    let id = message.get("id").filter(|_| asks).and_then(|id| serde_json::from_value(id.clone()).ok());
    Some((id.unwrap_or(Id::Null), Refused::NoMessage))
}

#[cfg(test)]
mod tests;
