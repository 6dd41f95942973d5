use super::*;
use proptest::prelude::*;
use tokio::io::AsyncReadExt;
use tokio::runtime::{Builder, Runtime};

const GOOD: &str = r#"{"jsonrpc":"2.0","id":1,"method":"textDocument/hover","params":{"é":"😀"}}"#;

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

fn framed(body: &str) -> String {
    format!("Content-Length: {}\r\n\r\n{body}", body.len())
}

/// What is passed on of an input that comes in pieces of this size.
fn passed(input: &[u8], piece: usize) -> String {
    runtime().block_on(async {
        let (mut near, far) = tokio::io::duplex(piece);
        let writing = async move {
            use tokio::io::AsyncWriteExt;
            // The other side hears no more of an input that is broken.
            let _ = near.write_all(input).await;
        };
        let reading = async move {
            let (mut messages, mut all) = (Messages::new(far), Vec::new());
            messages.read_to_end(&mut all).await.unwrap();
            String::from_utf8(all).unwrap()
        };
        tokio::join!(writing, reading).1
    })
}

fn refused(id: &str, why: &str) -> String {
    framed(&format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{REFUSED}","params":"{why}"}}"#))
}

#[test]
fn what_can_be_read_is_passed_on() {
    let response = r#"{"jsonrpc":"2.0","id":"a","result":null}"#;
    let error = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32601,"message":"none"}}"#;
    let both = [GOOD, response, error, r#"{"jsonrpc":"2.0","method":"exit"}"#].map(framed).concat();
    for piece in [1, 3, 64, 1 << 20] {
        assert_eq!(passed(both.as_bytes(), piece), both);
    }
}

#[test]
fn heads_are_read_as_any_client_writes_them() {
    let others = [
        format!(
            "content-length:{}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\nX-More: a\r\nY: b\r\n\r\n{GOOD}",
            GOOD.len()
        ),
        format!("Content-Type: application/json\nCONTENT-LENGTH:  {} \n\n{GOOD}", GOOD.len()),
    ];
    for other in others {
        assert_eq!(passed(other.as_bytes(), 7), framed(GOOD));
    }
}

#[test]
fn a_message_that_is_none_costs_itself_alone() {
    let deep = "[".repeat(10_000);
    for (bad, id, why) in [
        (r#"{"a": 1,"#, "null", "Unreadable"),
        ("", "null", "Unreadable"),
        (&deep, "null", "Unreadable"),
        (r#"{"jsonrpc":"2.0","id":1,"method":"a","params":"\ud800"}"#, "null", "Unreadable"),
        ("[]", "null", "NoMessage"),
        ("42", "null", "NoMessage"),
        (r#"{"jsonrpc":"2.0"}"#, "null", "NoMessage"),
        (r#"{"jsonrpc":"1.0","id":5,"method":"a"}"#, "5", "NoMessage"),
        (r#"{"jsonrpc":"2.0","id":[5],"method":"a"}"#, "null", "NoMessage"),
        (r#"{"jsonrpc":"2.0","id":"x","method":7}"#, "\"x\"", "NoMessage"),
        (r#"{"jsonrpc":"2.0","id":5,"error":7}"#, "null", "NoMessage"),
    ] {
        let input = [framed(GOOD), framed(bad), framed(GOOD)].concat();
        assert_eq!(passed(input.as_bytes(), 50), [framed(GOOD), refused(id, why), framed(GOOD)].concat(), "{bad:.80}");
    }
    let bytes = [b"Content-Length: 2\r\n\r\n\xff\xfe", framed(GOOD).as_bytes()].concat();
    assert_eq!(passed(&bytes, 50), [refused("null", "Unreadable"), framed(GOOD)].concat());
}

#[test]
fn a_head_that_is_none_is_the_end() {
    let endless = "a: b\r\n".repeat(LONGEST_HEAD);
    for bad in [
        "\r\n",
        "Content-Type: a\r\n\r\n{}",
        "Content-Length: 99999999999999999999\r\n\r\n{}",
        "Content-Length: 9999999999\r\n\r\n{}",
        "Content-Length: -1\r\n\r\n{}",
        "Content-Length: 0x10\r\n\r\n{}",
        "{\"jsonrpc\":\"2.0\"}\r\n\r\n",
        "{\"jsonrpc\":\r\n",
        "GET / HTTP/1.1\r\n",
        &endless,
    ] {
        let input = [framed(GOOD), bad.to_owned(), framed(GOOD)].concat();
        assert_eq!(passed(input.as_bytes(), 50), framed(GOOD), "{bad:.80}");
    }
}

/// Whatever a client sends, the framework can read what is passed on.
fn check(input: &[u8], piece: usize) {
    let passed = passed(input, piece);
    let mut rest = passed.as_bytes();
    while !rest.is_empty() {
        let Head::Whole { length, body } = head(rest) else { panic!("{passed}") };
        let (text, after) = rest.split_at(body).1.split_at(length);
        assert_eq!(refusal(text), None, "{passed}");
        rest = after;
    }
}

proptest! {
    #[test]
    fn whatever_comes_is_passed_on_as_messages(
        cuts in proptest::collection::vec((any::<prop::sample::Index>(), 0usize..20, any::<Vec<u8>>()), 0..4), piece in 1usize..200
    ) {
        let mut input = [GOOD, r#"{"jsonrpc":"2.0","id":2,"result":[]}"#, GOOD].map(framed).concat().into_bytes();
        for (at, length, new) in cuts {
            let at = at.index(input.len() + 1);
            let end = (at + length).min(input.len());
            input.splice(at..end, new);
        }
        check(&input, piece);
    }
}
