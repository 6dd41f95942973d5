//! The documents that the client has open. Their texts are the truth, whatever the disk says.

use super::folder::FolderId;
use super::proto;
use super::shift::{Shift, difference};
use crate::django::apps::looks_like_migration;
use crate::facts::{FileFacts, facts};
use crate::syntax::ast::{Module, Span};
use crate::syntax::document::{Document, Edit};
use crate::syntax::position::ColumnUnit;
use crate::syntax::reparse::LastTree;
use crate::syntax::{Dialect, parse};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tower_lsp::ls_types::{Position, Range, TextDocumentContentChangeEvent, Uri};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Up to this many bytes it takes less time to parse what changed, with the parser of closed files, than to walk the tree of an
/// open one.
const SMALL: usize = 128 * 1024;

/// Beyond so many bytes even a look at whether a text says something new takes too long for a keystroke: it waits for a pause.
const HUGE: usize = 4 << 20;

/// All of them. A clone is a snapshot, and cheap.
#[derive(Clone, Default)]
pub(super) struct Documents {
    by_uri: Arc<BTreeMap<Uri, Arc<OpenDocument>>>,
    /// Which one is at a path of a folder. A keystroke doesn't change it.
    by_place: Arc<BTreeMap<FolderId, BTreeMap<Arc<str>, Uri>>>,
}

#[derive(Clone)]
pub(super) struct OpenDocument {
    /// As the client writes it.
    pub(super) uri: Uri,
    /// Whose it is, and its path below that; `None` outside of every folder.
    pub(super) place: Option<(FolderId, Arc<str>)>,
    document: Document,
    /// Of a small text. All states of the document share it.
    tree: Arc<Mutex<LastTree>>,
    judged: Arc<JudgedText>,
    /// From `judged` to the present text.
    shift: Shift,
    /// The present text, where it is sound and only says the same as `judged`, or is huge.
    behind: Option<Arc<JudgedText>>,
    unit: ColumnUnit,
}

/// The last text of a document that was free of syntax errors, or the first one it had: the one that is analysed, so that half a
/// line doesn't take away a class. Spans are those of this text, which has no byte order mark.
pub(super) struct JudgedText {
    pub(super) text: Arc<str>,
    dialect: Dialect,
    /// The length of the byte order mark that the buffer has before it.
    mark: u32,
    is_python: bool,
    /// With the tree of this text, where that is large and free of errors.
    document: Option<Document>,
    facts: OnceLock<Arc<FileFacts>>,
}

impl Documents {
    pub(super) fn get(&self, uri: &Uri) -> Option<&Arc<OpenDocument>> {
        self.by_uri.get(uri)
    }

    /// The one at a path of a folder.
    pub(super) fn at(&self, folder: FolderId, path: &str) -> Option<&Arc<OpenDocument>> {
        self.by_uri.get(self.by_place.get(&folder)?.get(path)?)
    }

    /// Those of a folder, with their paths.
    pub(super) fn of(&self, folder: FolderId) -> impl Iterator<Item = (&Arc<str>, &Arc<OpenDocument>)> {
        let uris = self.by_place.get(&folder).into_iter().flatten();
        uris.filter_map(|(path, uri)| Some((path, self.by_uri.get(uri)?)))
    }

    pub(super) fn open(&mut self, document: OpenDocument) {
        Arc::make_mut(&mut self.by_uri).insert(document.uri.clone(), Arc::new(document));
        self.find_places();
    }

    pub(super) fn close(&mut self, uri: &Uri) -> Option<Arc<OpenDocument>> {
        let closed = Arc::make_mut(&mut self.by_uri).remove(uri)?;
        self.find_places();
        Some(closed)
    }

    fn find_places(&mut self) {
        let mut by_place: BTreeMap<FolderId, BTreeMap<Arc<str>, Uri>> = BTreeMap::new();
        for (uri, document) in &*self.by_uri {
            if let Some((folder, path)) = &document.place {
                by_place.entry(*folder).or_default().entry(Arc::clone(path)).or_insert_with(|| uri.clone());
            }
        }
        self.by_place = Arc::new(by_place);
    }

    /// Changes one; snapshots keep what it was.
    pub(super) fn change<T>(&mut self, uri: &Uri, change: impl FnOnce(&mut OpenDocument) -> T) -> Option<T> {
        Arc::make_mut(&mut self.by_uri).get_mut(uri).map(|document| change(Arc::make_mut(document)))
    }

    /// Whether one of them says the same as what was judged of it, in other words.
    pub(super) fn are_behind(&self) -> bool {
        self.by_uri.values().any(|document| document.is_behind())
    }

    /// Has the present texts judged. Whose there are.
    pub(super) fn catch_up(&mut self) -> Vec<FolderId> {
        let behind: Vec<Uri> = self.by_uri.iter().filter(|(_, document)| document.is_behind()).map(|(uri, _)| uri.clone()).collect();
        let mut folders = Vec::new();
        for uri in behind {
            let place = self.get(&uri).and_then(|document| document.place.clone());
            if self.change(&uri, OpenDocument::catch_up) == Some(true) {
                folders.extend(place.map(|(folder, _)| folder));
            }
        }
        folders
    }

    /// Finds out again whose each is.
    pub(super) fn place(&mut self, place: impl Fn(&Uri) -> Option<(FolderId, Arc<str>)>) {
        for document in Arc::make_mut(&mut self.by_uri).values_mut() {
            Arc::make_mut(document).place = place(&document.uri);
        }
        self.find_places();
    }
}

impl OpenDocument {
    pub(super) fn new(uri: Uri, place: Option<(FolderId, Arc<str>)>, text: &str, version: i32, unit: ColumnUnit) -> Self {
        let name = place.as_ref().map_or(uri.as_str(), |(_, path)| path);
        let is_python = name.ends_with(".py");
        let dialect = if looks_like_migration(name) { Dialect::Migration } else { Dialect::Module };
        let is_large = is_python && text.len() > SMALL;
        let document = if is_large { Document::new(text, version) } else { Document::plain(text, version) };
        let judged = Arc::new(JudgedText::new(text, dialect, is_python, &document));
        Self { uri, place, document, tree: Arc::default(), judged, shift: Shift::default(), behind: None, unit }
    }

    pub(super) fn version(&self) -> i32 {
        self.document.version()
    }

    pub(super) fn is_python(&self) -> bool {
        self.judged.is_python
    }

    pub(super) fn judged(&self) -> &Arc<JudgedText> {
        &self.judged
    }

    /// Takes over the client's changes, in order. Whether there is another text to be judged.
    pub(super) fn change(&mut self, version: i32, changes: Vec<TextDocumentContentChangeEvent>) -> bool {
        for change in changes {
            match change.range {
                Some(range) => {
                    let start = self.document.offset(proto::position(range.start), self.unit);
                    let end = self.document.offset(proto::position(range.end), self.unit);
                    self.replace(&Edit { range: start..end.max(start), text: change.text });
                }
                None => {
                    let old = self.document.text();
                    let (range, text) = difference(&old, &change.text);
                    self.replace(&Edit { range, text: text.to_owned() });
                }
            }
        }
        self.document.settle(version);
        self.settle()
    }

    /// What is saved counts as it is, errors and all: whoever reads the file from disk sees the same. Whether there is another
    /// text to be judged.
    pub(super) fn saved(&mut self) -> bool {
        self.document.reparse();
        let judged = Arc::new(self.present(&self.document.text()));
        self.judge(judged)
    }

    /// Whether the present text is another than the judged one, though it says the same of what is kept (what is not kept may
    /// still name what is gone), or is too large to be judged at once.
    pub(super) fn is_behind(&self) -> bool {
        self.behind.is_some()
    }

    /// Takes the present text to be judged. Whether it is another one.
    pub(super) fn catch_up(&mut self) -> bool {
        let judged = self.behind.take().unwrap_or_else(|| Arc::new(self.present(&self.document.text())));
        self.judge(judged)
    }

    fn replace(&mut self, edit: &Edit) {
        let removed = self.document.replace(edit);
        self.shift.replace(removed.start, removed.len(), edit.text.len());
    }

    fn settle(&mut self) -> bool {
        self.behind = None;
        let Some(judged) = self.sound() else { return false };
        if judged.is_python && judged.text.len() > HUGE && judged.is_new(&self.judged) {
            self.behind = Some(Arc::new(judged));
            return false;
        }
        if judged.is_new(&self.judged) && judged.is_alike(&self.judged) {
            self.shift.is_sound();
            self.behind = Some(Arc::new(judged));
            return false;
        }
        self.judge(Arc::new(judged))
    }

    /// The present text, if it is free of errors.
    fn sound(&self) -> Option<JudgedText> {
        let text = self.document.text();
        let judged = self.present(&text);
        let dialect = self.judged.dialect;
        if self.document.has_tree() {
            // A huge text is not read before there is a pause, and one that this parser can't read when it is saved.
            if judged.text.len() > HUGE {
                return (!self.document.has_errors()).then_some(judged);
            }
            // The tree of an open document doesn't know the newest syntax; the other parser does.
            let module = judged.tree().or_else(|| Some(parse(&judged.text, dialect)).filter(|module| module.errors.is_empty()))?;
            let _ = judged.facts.set(Arc::new(facts(&module, &judged.text)));
            return Some(judged);
        }
        if judged.is_python && judged.is_new(&self.judged) {
            let mut tree = self.tree.lock().unwrap_or_else(PoisonError::into_inner);
            let found = facts(tree.of(&judged.text, dialect)?, &judged.text);
            let _ = judged.facts.set(Arc::new(found));
        }
        Some(judged)
    }

    fn present(&self, text: &str) -> JudgedText {
        JudgedText::new(text, self.judged.dialect, self.judged.is_python, &self.document)
    }

    fn judge(&mut self, judged: Arc<JudgedText>) -> bool {
        self.shift.clear();
        self.behind = None;
        let is_new = judged.is_new(&self.judged);
        if is_new {
            self.judged = judged;
        }
        is_new
    }

    /// Where a span of the judged text is in the buffer; `None` if it is being edited.
    pub(super) fn range(&self, span: Span) -> Option<Range> {
        let mark = self.judged.mark;
        let span = self.shift.forward(Span { start: span.start + mark, end: span.end + mark })?;
        Some(self.present_range(span))
    }

    /// What the buffer holds now, a byte order mark and all.
    pub(super) fn text(&self) -> String {
        self.document.text()
    }

    /// The offset in the buffer.
    pub(super) fn present_offset(&self, position: Position) -> usize {
        self.document.offset(proto::position(position), self.unit)
    }

    /// Where a span of the buffer is.
    pub(super) fn present_range(&self, span: Span) -> Range {
        let position = |offset: u32| proto::lsp_position(self.document.position(offset as usize, self.unit));
        Range { start: position(span.start), end: position(span.end) }
    }

    /// The offset in the judged text; `None` in what has been typed since.
    pub(super) fn offset(&self, position: Position) -> Option<u32> {
        let offset = self.document.offset(proto::position(position), self.unit);
        self.shift.back(offset as u32)?.checked_sub(self.judged.mark)
    }

    /// The span in the judged text.
    pub(super) fn span(&self, range: Range) -> Option<Span> {
        let (start, end) = (self.offset(range.start)?, self.offset(range.end)?);
        Some(Span { start, end: end.max(start) })
    }
}

impl JudgedText {
    fn new(text: &str, dialect: Dialect, is_python: bool, document: &Document) -> Self {
        let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
            Some(text) => (BYTE_ORDER_MARK.len(), text),
            None => (0, text),
        };
        let has_tree = document.has_tree() && mark == 0 && !document.has_errors() && !has_lone_return(text);
        Self {
            text: text.into(),
            dialect,
            mark: mark as u32,
            is_python,
            document: has_tree.then(|| document.clone()),
            facts: OnceLock::new(),
        }
    }

    fn is_new(&self, last: &Self) -> bool {
        self.text != last.text || self.mark != last.mark
    }

    /// Whether it says the same of what is kept.
    fn is_alike(&self, last: &Self) -> bool {
        self.mark == last.mark && self.facts().is_alike(last.facts())
    }

    /// What it says; nothing, if it is no Python.
    pub(super) fn facts(&self) -> &Arc<FileFacts> {
        self.facts.get_or_init(|| match self.is_python {
            true => Arc::new(facts(&self.tree().unwrap_or_else(|| parse(&self.text, self.dialect)), &self.text)),
            false => Arc::default(),
        })
    }

    /// The tree of the open document, if it is free of errors.
    fn tree(&self) -> Option<Module> {
        self.document.as_ref().map(|document| document.lower(self.dialect)).filter(|module| module.errors.is_empty())
    }
}

/// Whether a line ends with a carriage return alone: to the parser of open documents a comment goes on behind it.
fn has_lone_return(text: &str) -> bool {
    text.split('\r').skip(1).any(|rest| !rest.starts_with('\n'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "class A:\n    x = 1\n\n\nclass B:\n    y = 2\n";

    fn open(text: &str) -> OpenDocument {
        OpenDocument::new("file:///a/b.py".parse().unwrap(), None, text, 1, ColumnUnit::Utf16)
    }

    fn change(range: Option<((u32, u32), (u32, u32))>, text: &str) -> Vec<TextDocumentContentChangeEvent> {
        let position = |(line, character)| Position { line, character };
        let range = range.map(|(start, end)| Range { start: position(start), end: position(end) });
        vec![TextDocumentContentChangeEvent { range, range_length: None, text: text.to_owned() }]
    }

    fn span_of(document: &OpenDocument, word: &str) -> Span {
        let at = document.judged.text.find(word).unwrap();
        Span::new(at, at + word.len())
    }

    fn line_of(document: &OpenDocument, word: &str) -> Option<u32> {
        document.range(span_of(document, word)).map(|range| range.start.line)
    }

    #[test]
    fn a_broken_text_is_not_judged_and_what_it_left_alone_is_still_found() {
        let mut document = open(TEXT);
        assert!(!document.change(2, change(Some(((1, 9), (1, 9))), "(\n")));
        assert_eq!(&*document.judged.text, TEXT);
        assert_eq!(line_of(&document, "y = 2"), Some(6));
        assert_eq!(line_of(&document, "x = 1"), Some(1));
        assert_eq!(document.range(span_of(&document, "x = 1\n")), None);
        assert_eq!(document.offset(Position { line: 6, character: 4 }), Some(span_of(&document, "y = 2").start));
        assert!(document.change(3, change(Some(((1, 9), (2, 0))), "2")));
        assert_eq!(&*document.judged.text, TEXT.replace("x = 1", "x = 12"));
    }

    #[test]
    fn what_is_taken_back_is_no_news() {
        let mut document = open(TEXT);
        assert!(!document.change(2, change(Some(((1, 9), (1, 9))), "(")));
        assert!(!document.change(3, change(Some(((1, 9), (1, 10))), "")));
        assert_eq!(line_of(&document, "x = 1\n"), Some(1));
    }

    #[test]
    fn what_is_saved_is_judged_as_it_is() {
        let mut document = open(TEXT);
        document.change(2, change(Some(((1, 9), (1, 9))), "("));
        assert!(document.saved());
        assert!(document.judged.text.contains("x = 1("));
        assert!(!document.saved());
    }

    #[test]
    fn syntax_that_one_parser_lacks_is_no_error() {
        let mut document = open(TEXT);
        let text = "class A[T = int]:\n    x: T\n";
        assert!(document.change(2, change(None, text)));
        assert_eq!(&*document.judged.text, text);
    }

    #[test]
    fn a_byte_order_mark_is_in_the_buffer_and_not_in_the_judged_text() {
        let mut document = open(&format!("\u{feff}{TEXT}"));
        assert_eq!(&*document.judged.text, TEXT);
        let range = document.range(span_of(&document, "class A")).unwrap();
        assert_eq!((range.start.character, range.end.character), (1, 8));
        assert_eq!(document.offset(range.start), Some(0));
        assert_eq!(document.offset(Position { line: 0, character: 0 }), None);
        assert!(document.change(2, change(Some(((0, 0), (0, 1))), "")));
        assert_eq!(document.range(span_of(&document, "class A")).unwrap().start.character, 0);
    }

    #[test]
    fn changes_of_one_message_follow_each_other() {
        let mut document = open("a = 1\r\nb = '😀'\r\n");
        let mut changes = change(Some(((0, 0), (0, 0))), "x = 0\r\n");
        changes.extend(change(Some(((2, 7), (2, 7))), "é"));
        assert!(document.change(2, changes));
        assert_eq!(&*document.judged.text, "x = 0\r\na = 1\r\nb = '😀é'\r\n");
    }

    #[test]
    fn a_huge_text_is_judged_in_a_pause() {
        let mut document = open(&format!("{TEXT}# {}\n", "x".repeat(HUGE)));
        assert!(!document.change(2, change(Some(((1, 4), (1, 5))), "z")));
        assert!(document.is_behind());
        assert_eq!(line_of(&document, "y = 2"), Some(5));
        assert!(!document.change(3, change(Some(((1, 9), (1, 9))), "(")));
        assert!(!document.is_behind(), "it is broken");
        assert!(!document.change(4, change(Some(((1, 9), (1, 10))), "")));
        assert!(document.catch_up());
        assert!(document.judged.text.starts_with("class A:\n    z = 1\n"));
    }

    #[test]
    fn a_comment_ends_at_a_carriage_return_in_large_texts_too() {
        let filling = "# some words of a comment\n".repeat(SMALL / 20);
        let document = open(&format!("{filling}# a comment\rclass A:\r    x = 1\r"));
        assert!(document.judged.document.is_none());
        assert_eq!(document.judged.facts().classes.len(), 1);
        assert!(open(&format!("{filling}class A:\r\n    x = 1\r\n")).judged.document.is_some());
    }

    /// What the parser of large texts lets pass is no news, as in small ones.
    #[test]
    fn a_block_without_a_statement_is_an_error_in_large_texts_too() {
        let filling = "# some words of a comment\n".repeat(SMALL / 20);
        let mut document = open(&format!("{filling}class A:\n    x = 1\n"));
        let end = (filling.lines().count() as u32 + 2, 0);
        for broken in ["class B:\n", "if x:\n    # nothing\n", "match x:\n"] {
            assert!(!document.change(2, change(Some((end, end)), broken)), "{broken}");
            assert!(!document.judged.text.contains(broken), "{broken}");
            assert!(!document.change(3, change(Some((end, (u32::MAX, 0))), "")), "{broken}");
        }
        // The other parser takes a tab for as many columns as it has to.
        assert!(document.change(4, change(Some((end, end)), "class B:\n\t    def f(self):\n        y()\n")));
        assert_eq!(document.judged.facts().classes.len(), 2);
    }

    #[test]
    fn snapshots_keep_what_was() {
        let mut documents = Documents::default();
        let document = open(TEXT);
        let uri = document.uri.clone();
        documents.open(document);
        let before = documents.clone();
        documents.change(&uri, |document| document.change(2, change(None, "x = 1\n")));
        assert_eq!(before.get(&uri).unwrap().version(), 1);
        assert_eq!(documents.get(&uri).unwrap().version(), 2);
    }

    #[test]
    fn documents_are_found_by_their_places() {
        let mut documents = Documents::default();
        let place = |path: &str| Some((FolderId(1), Arc::from(path)));
        let uris: [Uri; 3] = ["file:///p/a.py", "file:///p/%61.py", "file:///p/b.py"].map(|uri| uri.parse().unwrap());
        for (uri, path) in uris.iter().zip(["a.py", "a.py", "b.py"]) {
            documents.open(OpenDocument::new(uri.clone(), place(path), TEXT, 1, ColumnUnit::Utf16));
        }
        let at = |documents: &Documents, path: &str| documents.at(FolderId(1), path).map(|document| document.uri.clone());
        assert_eq!(documents.of(FolderId(1)).map(|(path, _)| &**path).collect::<Vec<_>>(), ["a.py", "b.py"]);
        assert_eq!(at(&documents, "b.py"), Some(uris[2].clone()));
        let first = at(&documents, "a.py").unwrap();
        documents.close(&first);
        assert!(at(&documents, "a.py").is_some_and(|uri| uri != first), "the other one is still open");
        documents.place(|uri| (*uri == uris[2]).then(|| (FolderId(2), Arc::from("p/b.py"))));
        assert_eq!(at(&documents, "b.py"), None);
        assert_eq!(documents.at(FolderId(2), "p/b.py").map(|document| document.uri.clone()), Some(uris[2].clone()));
    }

    #[test]
    fn what_says_the_same_can_wait() {
        let mut document = open(TEXT);
        assert!(!document.change(2, change(Some(((1, 4), (1, 4))), "# é\n    ")));
        assert!(document.is_behind());
        assert_eq!(&*document.judged.text, TEXT);
        assert_eq!(line_of(&document, "x = 1"), Some(2));
        assert_eq!(document.range(span_of(&document, "A:\n    x = 1\n")).map(|range| (range.start.line, range.end.line)), Some((0, 3)));
        assert!(!document.change(3, change(Some(((2, 9), (2, 9))), "(")));
        assert_eq!(document.range(span_of(&document, "A:\n    x = 1\n")), None);
        assert_eq!(line_of(&document, "y = 2"), Some(6));
        assert!(!document.is_behind(), "it is broken");
        assert!(!document.change(4, change(Some(((2, 9), (2, 10))), "")));
        assert!(document.catch_up());
        assert_eq!(&*document.judged.text, TEXT.replace("    x", "    # é\n    x"));
        assert!(!document.is_behind() && !document.catch_up());
    }
}
