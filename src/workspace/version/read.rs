//! Reading the files of a version: each once, in parallel, with buffers that are used again.

use super::{File, Place, Version};
use crate::workspace::git::ObjectId;
use crate::workspace::kind::FileKind;
use crate::workspace::note::Note;
use rayon::prelude::*;
use std::borrow::Cow;
use std::cell::RefCell;
use std::io::{self, Read};

/// Python larger than this is not read: nobody wrote it.
const PYTHON_LIMIT: u64 = 16 << 20;
/// Anything else larger than this is not read.
const LIMIT: u64 = 4 << 20;
/// How many bytes of blobs are held at a time.
const BLOBS_AT_A_TIME: usize = 4 << 20;
/// A buffer that grew beyond this is given back.
const KEPT_BUFFER: usize = 1 << 20;

thread_local! {
    /// The buffer of this thread; an empty one stands here while it is in use.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

impl Version {
    /// Calls `each` with every file and its bytes, in parallel. The results keep the order of `files`; one that could not be
    /// read gives a note instead. Files must be of this version.
    pub fn visit<T: Send>(&self, files: &[&File], each: impl Fn(&File, &[u8]) -> T + Sync) -> (Vec<T>, Vec<Note>) {
        let mut results: Vec<Option<Result<T, Note>>> = files
            .par_iter()
            .map(|file| match &file.place {
                Place::Text(text) => Some(Ok(each(file, text.as_bytes()))),
                Place::Disk { size } => Some(with_buffer(|space| Ok(each(file, self.read_disk(file, *size, space)?)))),
                Place::Blob(_) => None,
            })
            .collect();
        self.visit_blobs(files, &each, &mut results);
        let mut found = Vec::with_capacity(files.len());
        let mut notes = Vec::new();
        for result in results.into_iter().flatten() {
            match result {
                Ok(value) => found.push(value),
                Err(note) => notes.push(note),
            }
        }
        (found, notes)
    }

    /// The bytes of one file.
    pub fn read(&self, file: &File) -> Result<Vec<u8>, Note> {
        let (mut found, mut notes) = self.visit(&[file], |_, bytes| bytes.to_vec());
        found.pop().ok_or_else(|| notes.pop().unwrap_or_else(|| Note::at(&file.path, "could not be read")))
    }

    /// One `git` reads them all; what it gives is judged in parallel, some megabytes at a time.
    fn visit_blobs<T: Send>(&self, files: &[&File], each: &(impl Fn(&File, &[u8]) -> T + Sync), results: &mut [Option<Result<T, Note>>]) {
        let blobs: Vec<(usize, ObjectId)> = files
            .iter()
            .enumerate()
            .filter_map(|(at, file)| match file.place {
                Place::Blob(id) => Some((at, id)),
                Place::Disk { .. } | Place::Text(_) => None,
            })
            .collect();
        let Some(repository) = self.repository.as_ref().filter(|_| !blobs.is_empty()) else { return };
        let ids: Vec<ObjectId> = blobs.iter().map(|(_, id)| *id).collect();
        let mut held: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut size = 0;
        let mut judge = |held: &mut Vec<(usize, Vec<u8>)>| {
            let judged: Vec<_> = std::mem::take(held)
                .into_par_iter()
                .filter_map(|(at, bytes)| {
                    let file = files.get(at)?;
                    Some((at, check_content(file, &bytes).map(|()| each(file, &bytes))))
                })
                .collect();
            for (at, result) in judged {
                if let Some(slot) = results.get_mut(at) {
                    *slot = Some(result);
                }
            }
        };
        let mut missing = Vec::new();
        let read = repository.blobs(&ids, |nth, bytes| {
            let Some((at, _)) = blobs.get(nth) else { return };
            match bytes {
                Some(bytes) => {
                    size += bytes.len();
                    held.push((*at, bytes.to_vec()));
                }
                None => missing.push(*at),
            }
            if size >= BLOBS_AT_A_TIME {
                judge(&mut held);
                size = 0;
            }
        });
        judge(&mut held);
        for at in missing {
            if let (Some(file), Some(slot)) = (files.get(at), results.get_mut(at)) {
                *slot = Some(Err(Note::at(&file.path, "not read: the clone lacks the deployed version of this file")));
            }
        }
        if let Err(error) = read {
            for (at, _) in &blobs {
                if let (Some(file), Some(slot @ None)) = (files.get(*at), results.get_mut(*at)) {
                    *slot = Some(Err(Note::at(&file.path, format!("not read: {error}"))));
                }
            }
        }
    }

    /// Reads into `space`, which holds more than the file afterwards.
    fn read_disk<'s>(&self, file: &File, size: u64, space: &'s mut Vec<u8>) -> Result<&'s [u8], Note> {
        check_size(file, size)?;
        let mut read = || fill(&mut std::fs::File::open(self.root.join(&*file.path))?, size, limit(file), space);
        let len = read().map_err(|error| Note::at(&file.path, format!("not read: {error}")))?;
        let bytes = space.get(..len).unwrap_or_default();
        check_content(file, bytes)?;
        Ok(bytes)
    }
}

/// Reads all of a file to the start of `space` and tells how much it was. The size that was listed saves asking for it again,
/// and the end of a file that has it; a file that grew is read on up to the limit.
fn fill(source: &mut impl Read, size: u64, limit: u64, space: &mut Vec<u8>) -> io::Result<usize> {
    let expected = usize::try_from(size).map_err(io::Error::other)?;
    let limit = usize::try_from(limit).map_err(io::Error::other)?;
    if space.len() <= expected {
        space.resize(expected + 1, 0);
    }
    let mut len = 0;
    loop {
        if len == space.len() {
            space.resize(len * 2, 0);
        }
        let room = space.get_mut(len..).unwrap_or_default();
        let room_len = room.len();
        match source.read(room) {
            Ok(0) => return Ok(len),
            Ok(count) => {
                len += count;
                if len > limit || (len == expected && count < room_len) {
                    return Ok(len);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

fn limit(file: &File) -> u64 {
    if file.kind == FileKind::Python { PYTHON_LIMIT } else { LIMIT }
}

fn check_size(file: &File, size: u64) -> Result<(), Note> {
    if size > limit(file) {
        return Err(Note::at(&file.path, format!("not read: it is larger than {} MiB", limit(file) >> 20)));
    }
    Ok(())
}

fn check_content(file: &File, bytes: &[u8]) -> Result<(), Note> {
    check_size(file, bytes.len() as u64)?;
    let start = bytes.get(..1024).unwrap_or(bytes);
    if memchr::memchr(0, start).is_some() {
        return Err(Note::at(&file.path, "not read: it is not text"));
    }
    Ok(())
}

/// Lends the buffer of this thread. A call inside `action` gets a fresh one.
fn with_buffer<T>(action: impl FnOnce(&mut Vec<u8>) -> T) -> T {
    let mut buffer = BUFFER.take();
    let result = action(&mut buffer);
    if buffer.capacity() <= KEPT_BUFFER {
        BUFFER.set(buffer);
    }
    result
}

/// The bytes as text, or the note that says why not.
pub fn utf8<'b>(path: &str, bytes: &'b [u8]) -> Result<&'b str, Note> {
    std::str::from_utf8(bytes).map_err(|_| Note::at(path, "not read: it is not UTF-8"))
}

/// Whether two texts are the same when `\r\n` counts as `\n`.
pub(super) fn is_same_text(a: &[u8], b: &[u8]) -> bool {
    a == b || normalized(a) == normalized(b)
}

fn normalized(bytes: &[u8]) -> Cow<'_, [u8]> {
    if memchr::memmem::find(bytes, b"\r\n").is_none() {
        return Cow::Borrowed(bytes);
    }
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = memchr::memmem::find(rest, b"\r\n") {
        let (line, after) = rest.split_at(at);
        text.extend_from_slice(line);
        rest = after.get(1..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn line_endings_do_not_matter() {
        assert!(is_same_text(b"a\r\nb\r\n", b"a\nb\n"));
        assert!(is_same_text(b"a\r\nb\n", b"a\nb\r\n"));
        assert!(!is_same_text(b"a\rb", b"ab"));
        assert!(!is_same_text(b"a\r\nb", b"a\nc"));
    }
}
