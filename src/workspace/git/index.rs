//! The index, as `ls-files -z --stage --debug` prints it.

use super::GitError;
use super::object::{Mode, ObjectId, split_once};
use crate::workspace::files::Timestamp;

/// What is staged below the root.
#[derive(Debug, Default)]
pub struct Index {
    /// Sorted by path. A conflicted path comes up to three times.
    pub entries: Vec<IndexEntry>,
    /// When the index was written: a file that changed no earlier may have changed again without a trace.
    pub written: Timestamp,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexEntry {
    /// As git has it: not always UTF-8.
    pub path: Vec<u8>,
    pub mode: Mode,
    pub id: ObjectId,
    /// The file in the work tree when it was last known to hold what `id` says.
    pub modified: Timestamp,
    /// In bytes, cut to 32 bits.
    pub size: u32,
    /// 0, or 1 to 3 where a merge is in conflict.
    pub stage: u8,
    /// A sparse checkout leaves the file out of the work tree.
    pub is_sparse: bool,
    /// `git add --intent-to-add`: only the name is known.
    pub is_intent: bool,
}

/// `CE_SKIP_WORKTREE` and `CE_INTENT_TO_ADD` of git's `read-cache-ll.h`.
const SKIP_WORKTREE: u32 = 1 << 30;
const INTENT_TO_ADD: u32 = 1 << 29;

/// Reads records such as
///
/// ```text
/// 100644 ID 0\tshop/models.py\0  ctime: 1795504403:756268036
///   mtime: 1795504403:756268036
///   dev: 65024\tino: 5514590
///   uid: 0\tgid: 0
///   size: 9062\tflags: 0
/// ```
///
/// The lines of a record end with line breaks even under `-z`; they are always five.
pub(super) fn parse(output: &[u8], written: Timestamp) -> Result<Index, GitError> {
    let mut entries = Vec::new();
    let mut rest = output;
    while !rest.is_empty() {
        let (entry, after) = parse_entry(rest).ok_or_else(|| GitError::failed("ls-files", "its output was not understood"))?;
        entries.push(entry);
        rest = after;
    }
    Ok(Index { entries, written })
}

fn parse_entry(bytes: &[u8]) -> Option<(IndexEntry, &[u8])> {
    let (head, rest) = split_once(bytes, b'\t')?;
    let (path, rest) = split_once(rest, 0)?;
    let mut words = std::str::from_utf8(head).ok()?.split(' ');
    let mode = Mode::parse(words.next()?)?;
    let id = ObjectId::parse(words.next()?)?;
    let stage = words.next()?.parse().ok()?;
    let (_, rest) = split_once(rest, b'\n')?;
    let (modified, rest) = split_once(rest, b'\n')?;
    let (_, rest) = split_once(rest, b'\n')?;
    let (_, rest) = split_once(rest, b'\n')?;
    let (last, rest) = split_once(rest, b'\n')?;
    let (seconds, nanoseconds) = text(modified)?.strip_prefix("mtime: ")?.split_once(':')?;
    let (size, flags) = text(last)?.strip_prefix("size: ")?.split_once("\tflags: ")?;
    let flags = u32::from_str_radix(flags, 16).ok()?;
    let entry = IndexEntry {
        path: path.to_vec(),
        mode,
        id,
        modified: Timestamp { seconds: seconds.parse().ok()?, nanoseconds: nanoseconds.parse().ok()? },
        size: size.parse().ok()?,
        stage,
        is_sparse: flags & SKIP_WORKTREE != 0,
        is_intent: flags & INTENT_TO_ADD != 0,
    };
    Some((entry, rest))
}

fn text(line: &[u8]) -> Option<&str> {
    Some(std::str::from_utf8(line).ok()?.trim())
}

impl IndexEntry {
    /// Whether the work tree's file is known, by its size and time alone, to hold what was staged.
    ///
    /// A program that keeps no nanoseconds writes them as 0: seconds are compared then, and the second in which the index was
    /// written counts as too late to tell.
    pub(crate) fn is_unchanged(&self, size: u64, modified: Timestamp, index_written: Timestamp) -> bool {
        let is_same_size = u64::from(self.size) == size & u64::from(u32::MAX);
        let is_same_time =
            if self.modified.nanoseconds == 0 { self.modified.seconds == modified.seconds } else { self.modified == modified };
        let is_early = if self.modified.nanoseconds == 0 || index_written.nanoseconds == 0 {
            self.modified.seconds < index_written.seconds
        } else {
            self.modified < index_written
        };
        is_same_size && is_same_time && is_early
    }
}
