//! An open document: its text and its tree, edited in one step.
//!
//! The text is a rope and the tree is tree-sitter's, so that a keystroke costs what it changes. Both are cheap to clone: a
//! snapshot of an open document is a clone of it.

use std::cell::RefCell;
use std::ops::Range;

use ::tree_sitter::{InputEdit, Parser, Point, Tree};
use memchr::{memchr_iter, memrchr};
use ropey::Rope;

use super::ast::Module;
use super::dialect::Dialect;
use super::position::{self, ColumnUnit, Position};
use super::tree_sitter;

thread_local! {
    /// `None` if the grammar doesn't fit the library, which a test of the grammar would show.
    static PARSER: RefCell<Option<Parser>> = RefCell::new({
        let mut parser = Parser::new();
        parser.set_language(&tree_sitter::language()).is_ok().then_some(parser)
    });
}

/// A replacement of the bytes in `range` (of the text that the edits before it have left) by `text`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Edit {
    pub range: Range<usize>,
    pub text: String,
}

#[derive(Clone)]
pub struct Document {
    rope: Rope,
    tree: Option<Tree>,
    version: i32,
}

impl Document {
    /// Of a Python file.
    pub fn new(text: &str, version: i32) -> Self {
        let rope = Rope::from_str(text);
        let tree = parse(&rope, None);
        Self { rope, tree, version }
    }

    /// Of a file that has no tree here.
    pub fn plain(text: &str, version: i32) -> Self {
        Self { rope: Rope::from_str(text), tree: None, version }
    }

    /// The client's number for this state of the text.
    pub fn version(&self) -> i32 {
        self.version
    }

    pub fn text(&self) -> String {
        self.rope.to_string()
    }

    pub fn len(&self) -> usize {
        self.rope.len_bytes()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn has_tree(&self) -> bool {
        self.tree.is_some()
    }

    /// Whether some of the text is not Python as far as the tree can tell.
    pub fn has_errors(&self) -> bool {
        self.tree.as_ref().is_some_and(|tree| tree.root_node().has_error())
    }

    /// Edits text and tree, in the order given. Ranges outside the text, or inside a character, are clamped.
    pub fn edit<'e>(&mut self, version: i32, edits: impl IntoIterator<Item = &'e Edit>) {
        for edit in edits {
            self.replace(edit);
        }
        self.settle(version);
    }

    /// One edit of several: the text is new, the tree is not before [`Document::settle`]. Gives the bytes that were replaced.
    pub fn replace(&mut self, edit: &Edit) -> Range<usize> {
        let start = self.rope.byte_to_char(edit.range.start.min(self.rope.len_bytes()));
        let end = self.rope.byte_to_char(edit.range.end.min(self.rope.len_bytes())).max(start);
        let (start_byte, old_end_byte) = (self.rope.char_to_byte(start), self.rope.char_to_byte(end));
        let points = self.has_tree().then(|| (self.point(start_byte), self.point(old_end_byte)));
        self.rope.remove(start..end);
        self.rope.insert(start, &edit.text);
        if let Some((start_position, old_end_position)) = points {
            let new_end_byte = start_byte + edit.text.len();
            let new_end_position = self.point(new_end_byte);
            let edit = InputEdit { start_byte, old_end_byte, new_end_byte, start_position, old_end_position, new_end_position };
            self.tree.iter_mut().for_each(|tree| tree.edit(&edit));
        }
        start_byte..old_end_byte
    }

    /// Brings the tree up to date with the text, which is the client's `version` now.
    pub fn settle(&mut self, version: i32) {
        self.version = version;
        if self.tree.is_some() {
            self.tree = parse(&self.rope, self.tree.as_ref());
        }
    }

    /// Parses the whole text again. An incremental parse of a text that was full of errors for a while may recover from them in
    /// another way than a fresh one; once in a while (on save) this makes sure that it doesn't matter.
    pub fn reparse(&mut self) {
        if self.tree.is_some() {
            self.tree = parse(&self.rope, None);
        }
    }

    /// The tree that the rooms above look at.
    pub fn lower(&self, dialect: Dialect) -> Module {
        match &self.tree {
            // Names and strings are cut out of one piece: looking each up in the rope takes longer than making the piece.
            Some(tree) => tree_sitter::lower(tree, &self.text(), dialect),
            None => Module::default(),
        }
    }

    pub fn position(&self, offset: usize, unit: ColumnUnit) -> Position {
        let offset = offset.min(self.rope.len_bytes());
        let line = self.rope.byte_to_line(offset);
        let column = position::column(&self.line(line), offset - self.rope.line_to_byte(line), unit);
        Position { line: line as u32, column }
    }

    pub fn offset(&self, position: Position, unit: ColumnUnit) -> usize {
        let line = position.line as usize;
        match line < self.rope.len_lines() {
            true => self.rope.line_to_byte(line) + position::byte(&self.line(line), position.column, unit),
            false => self.rope.len_bytes(),
        }
    }

    /// The line's text without its end.
    fn line(&self, line: usize) -> String {
        let mut text = self.rope.line(line).to_string();
        let end = text.trim_end_matches(['\n', '\r']).len();
        text.truncate(end);
        text
    }

    /// tree-sitter's rows end at `\n` only, unlike the rope's lines, and its columns are bytes.
    fn point(&self, byte: usize) -> Point {
        let (mut row, mut line_start, mut at) = (0, 0, 0);
        for chunk in self.rope.byte_slice(..byte).chunks() {
            row += memchr_iter(b'\n', chunk.as_bytes()).count();
            if let Some(last) = memrchr(b'\n', chunk.as_bytes()) {
                line_start = at + last + 1;
            }
            at += chunk.len();
        }
        Point { row, column: byte - line_start }
    }
}

fn parse(rope: &Rope, old: Option<&Tree>) -> Option<Tree> {
    let mut read = |byte: usize, _: Point| -> &[u8] {
        if byte >= rope.len_bytes() {
            return &[];
        }
        let (chunk, start, ..) = rope.chunk_at_byte(byte);
        chunk.as_bytes().get(byte - start..).unwrap_or_default()
    };
    PARSER.with_borrow_mut(|parser| parser.as_mut()?.parse_with_options(&mut read, old, None))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::syntax::parse::parse as parse_closed;
    use crate::syntax::position::LineIndex;

    const TEXT: &str = "\
from django.db import models


class Book(models.Model):
    title = models.CharField(\"t\", max_length=100)  # comment
    body = f\"{title!r:>{width}} é😀\"

    class Meta:
        ordering = ['-title', (\"a\", [1, 2])]

    def save(self, *args, **kwargs):
        if self.title and not self.body:
            return super().save(*args, **kwargs)
        for x, y in z:
            pass
";

    fn edits() -> impl Strategy<Value = Vec<Edit>> {
        let texts = proptest::sample::select(vec![
            "",
            "x",
            " ",
            "\n",
            "\n    ",
            ":",
            "(",
            ")",
            "\"",
            "'",
            "#",
            "=",
            ".",
            ",",
            "class A:\n    x = 1\n",
            "é",
            "😀",
            "\r\n",
            "[",
            "]",
            "    ",
            "\"\"\"",
            "if a:\n",
            "f\"{",
            "}\"",
        ]);
        let edit =
            (0usize..600, 0usize..30, texts).prop_map(|(start, length, text)| Edit { range: start..start + length, text: text.to_owned() });
        proptest::collection::vec(edit, 1..12)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn edits_give_the_tree_of_the_text(edits in edits()) {
            let mut document = Document::new(TEXT, 1);
            let mut text = TEXT.to_owned();
            for edit in &edits {
                document.edit(2, [edit]);
                let floor = |at: usize| text.floor_char_boundary(at);
                let (start, end) = (floor(edit.range.start), floor(edit.range.end));
                text.replace_range(start..end.max(start), &edit.text);
                prop_assert_eq!(&document.text(), &text);
                let fresh = Document::new(&text, 2).lower(Dialect::Module);
                let edited = document.lower(Dialect::Module);
                let closed = parse_closed(&text, Dialect::Module);
                if fresh.errors.is_empty() && closed.errors.is_empty() {
                    prop_assert_eq!(&closed, &fresh);
                }
                if fresh.errors.is_empty() {
                    prop_assert_eq!(edited, fresh);
                }
            }
        }

        /// As a person types: a character at a time, then back again.
        #[test]
        fn typing_and_taking_back_gives_the_same_tree(at in 0usize..600, typed in "[a-z(\\[{\"':=. \n]{1,12}") {
            let before = Document::new(TEXT, 1);
            let mut document = before.clone();
            let at = TEXT.floor_char_boundary(at);
            for (index, c) in typed.char_indices() {
                document.edit(2, [&Edit { range: at + index..at + index, text: c.to_string() }]);
            }
            for (index, _) in typed.char_indices().rev() {
                document.edit(3, [&Edit { range: at + index..at + index + 1, text: String::new() }]);
            }
            prop_assert_eq!(document.lower(Dialect::Module), before.lower(Dialect::Module));
            prop_assert_eq!(document.version(), 3);
        }

        #[test]
        fn positions_are_those_of_the_line_index(text in "[a-zé😀\u{2028}\x0C\r\n]{0,40}", line in 0u32..10, column in 0u32..10) {
            let document = Document::new(&text, 1);
            let index = LineIndex::new(&text);
            for unit in [ColumnUnit::Chars, ColumnUnit::Utf16, ColumnUnit::Utf8] {
                for offset in 0..=text.len() + 1 {
                    prop_assert_eq!(document.position(offset, unit), index.position(&text, offset as u32, unit));
                }
                let position = Position { line, column };
                prop_assert_eq!(document.offset(position, unit), index.offset(&text, position, unit) as usize);
            }
        }
    }

    #[test]
    fn an_open_document_has_the_tree_of_a_closed_file() {
        let (open, closed) = (Document::new(TEXT, 1).lower(Dialect::Module), parse_closed(TEXT, Dialect::Module));
        assert_eq!(open, closed);
    }

    #[test]
    fn what_surrounds_an_error_stays() {
        let mut document = Document::new(TEXT, 1);
        let at = TEXT.find("\n\n    class Meta").unwrap_or_default();
        document.edit(2, [&Edit { range: at..at, text: "\n    x = models.".to_owned() }]);
        let module = document.lower(Dialect::Module);
        assert!(!module.errors.is_empty());
        assert_eq!(module.body.len(), 2);
    }

    #[test]
    fn no_nesting_overflows_the_stack() {
        let n = 20_000;
        for (open, close) in [
            ("(", ")"),
            ("[", "]"),
            ("{1:", "}"),
            ("-", ""),
            ("a+", ""),
            ("a**", ""),
            ("f(", ")"),
            ("not ", ""),
            ("a if b else ", ""),
            ("lambda: ", ""),
            ("*", ""),
            ("a & b ^ ", ""),
        ] {
            let document = Document::new(&format!("x = {}1{}", open.repeat(n), close.repeat(n)), 1);
            assert!(!document.lower(Dialect::Migration).body.is_empty());
        }
        let branches = Document::new(&format!("if a: pass\n{}", "elif a: pass\n".repeat(n)), 1);
        assert_eq!(branches.lower(Dialect::Module).body.len(), 1);
    }
}
