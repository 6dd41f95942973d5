//! Ids, trees, differences of trees and blobs, as git's plumbing prints them with `-z`.

use super::GitError;
use serde::{Serialize, Serializer};
use std::fmt;
use std::io::{self, BufRead, Read};

/// The name of an object: SHA-1 or SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ObjectId {
    bytes: [u8; 32],
    len: u8,
}

impl ObjectId {
    /// Reads 40 or 64 hexadecimal digits. The id of nothing, all zeros, is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 40 && digits.len() != 64 {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let [high, low] = pair else { return None };
            *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
        }
        let len = u8::try_from(digits.len() / 2).ok()?;
        (bytes != [0; 32]).then_some(Self { bytes, len })
    }
}

fn hex_digit(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes.iter().take(usize::from(self.len)).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What an entry of a tree or of the index is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    File,
    Link,
    /// A submodule; its id is a commit of another repository.
    Submodule,
}

impl Mode {
    pub(super) fn parse(digits: &str) -> Option<Self> {
        match digits {
            "120000" => Some(Self::Link),
            "160000" => Some(Self::Submodule),
            _ if digits.starts_with("100") => Some(Self::File),
            _ => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeEntry {
    /// As git has it: not always UTF-8.
    pub path: Vec<u8>,
    pub mode: Mode,
    pub id: ObjectId,
}

/// A path at which the index differs from a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) path: Vec<u8>,
    /// What the commit has there, `None` for nothing.
    pub(crate) before: Option<(Mode, ObjectId)>,
    /// The index has it in several versions, and git does not say what the commit has.
    pub(crate) is_conflict: bool,
}

/// Records of `ls-tree -z`: `100644 blob ID\tPATH`.
pub(super) fn parse_tree(output: &[u8]) -> Result<Vec<TreeEntry>, GitError> {
    records(output)
        .map(|record| {
            let (head, path) = split_once(record, b'\t')?;
            let mut words = std::str::from_utf8(head).ok()?.split(' ');
            let mode = Mode::parse(words.next()?)?;
            let id = ObjectId::parse(words.nth(1)?)?;
            Some(TreeEntry { path: path.to_vec(), mode, id })
        })
        .collect::<Option<_>>()
        .ok_or_else(|| GitError::failed("ls-tree", "its output was not understood"))
}

/// Records of `diff-index --raw -z`: `:100644 100644 ID ID M`, then the path.
pub(super) fn parse_changes(output: &[u8]) -> Result<Vec<Change>, GitError> {
    let mut changes = Vec::new();
    let mut records = records(output);
    while let Some(head) = records.next() {
        let change = records.next().and_then(|path| {
            let mut words = std::str::from_utf8(head).ok()?.strip_prefix(':')?.split(' ');
            let mode = Mode::parse(words.next()?);
            let id = words.nth(1).and_then(ObjectId::parse);
            let status = words.nth(1)?;
            Some(Change { path: path.to_vec(), before: mode.zip(id), is_conflict: status.starts_with('U') })
        });
        changes.push(change.ok_or_else(|| GitError::failed("diff-index", "its output was not understood"))?);
    }
    Ok(changes)
}

/// Reads one answer of `cat-file --batch` into `bytes`; `false` where the object is not at hand.
pub(super) fn read_blob(reader: &mut impl BufRead, bytes: &mut Vec<u8>) -> io::Result<bool> {
    let mut head = Vec::new();
    reader.read_until(b'\n', &mut head)?;
    let head = String::from_utf8_lossy(&head);
    bytes.clear();
    let mut words = head.trim_end().split(' ');
    let (Some(_), Some(kind), size) = (words.next(), words.next(), words.next()) else {
        return Err(io::ErrorKind::UnexpectedEof.into());
    };
    let Some(size) = size.and_then(|size| size.parse::<u64>().ok()) else { return Ok(false) };
    reader.by_ref().take(size).read_to_end(bytes)?;
    let mut line_end = [0];
    reader.read_exact(&mut line_end)?;
    Ok(kind == "blob")
}

/// Parts that end with NUL.
pub(super) fn records(output: &[u8]) -> impl Iterator<Item = &[u8]> {
    output.strip_suffix(b"\0").unwrap_or(output).split(|byte| *byte == 0).filter(|record| !record.is_empty())
}

pub(super) fn split_once(bytes: &[u8], at: u8) -> Option<(&[u8], &[u8])> {
    let place = memchr::memchr(at, bytes)?;
    let (before, after) = bytes.split_at(place);
    Some((before, after.get(1..)?))
}
