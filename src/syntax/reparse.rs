//! The tree of a text that is being edited, brought up to date by parsing the statements that changed.
//!
//! A piece of a body is what stands from the beginning of one statement's line to that of the next one's. A piece that is
//! Python by itself, between pieces that were, means the same in the whole text; where that can't be told, all is parsed.

use super::ast::{Module, Stmt, StmtKind};
use super::dialect::Dialect;
use super::difference::{common_prefix, common_suffix};
use super::displace::Displace;
use super::parse::parse;
use std::ops::Range;
use std::sync::Arc;

/// The last text of a document that was free of errors, with its tree.
#[derive(Debug, Default)]
pub struct LastTree(Option<(Arc<str>, Module)>);

impl LastTree {
    /// The tree of `text`; `None` where that has errors.
    pub fn of(&mut self, text: &Arc<str>, dialect: Dialect) -> Option<&Module> {
        if let Some((last, module)) = &mut self.0
            && reparse(module, last, text, dialect)
        {
            *last = Arc::clone(text);
        } else {
            let module = parse(text, dialect);
            if !module.errors.is_empty() {
                return None;
            }
            self.0 = Some((Arc::clone(text), module));
        }
        self.0.as_ref().map(|(_, module)| module)
    }
}

/// What became another text.
struct Change<'t> {
    old: &'t str,
    new: &'t str,
    /// The bytes of `old` that gave way to others.
    range: Range<usize>,
    /// By how much the text has grown; one that has shrunk has grown by a number that wraps around.
    by: u32,
}

/// Some statements of a body, and the bytes of the old text that belong to them.
struct Piece {
    range: Range<usize>,
    statements: Range<usize>,
}

/// What makes a body of a piece of one.
const HEADER: &str = "class _:\n";

/// Makes the tree of `old` that of `new`. Whether it could; if not, it's still that of `old`.
fn reparse(module: &mut Module, old: &str, new: &str, dialect: Dialect) -> bool {
    let Some(change) = Change::between(old, new) else { return true };
    let Some(outer) = change.piece(&module.body, "", 0..old.len()) else { return false };
    let changed = module.body.get(outer.statements.clone()).unwrap_or_default();
    let (range, pragmas) = match change.parse_in_class(changed, outer.range.end, dialect) {
        Some((inner, fresh)) => {
            let Some((stmt, behind)) = module.body.get_mut(outer.statements.start..).and_then(<[Stmt]>::split_first_mut) else {
                return false;
            };
            behind.displace(change.by);
            if let StmtKind::Class(class) = &mut stmt.kind {
                replace(&mut class.body, inner.statements, fresh.body, change.by);
                stmt.span.end = class.body.last().map_or(stmt.span.end, |last| last.span.end);
            }
            (inner.range, fresh.pragmas)
        }
        None => {
            let Some(fresh) = change.parse(&outer, dialect) else { return false };
            replace(&mut module.body, outer.statements, fresh.body, change.by);
            (outer.range, fresh.pragmas)
        }
    };
    let first = module.pragmas.partition_point(|pragma| (pragma.start as usize) < range.start);
    let behind = module.pragmas.partition_point(|pragma| (pragma.start as usize) < range.end);
    module.pragmas.iter_mut().skip(behind).for_each(|pragma| pragma.displace(change.by));
    module.pragmas.splice(first..behind, pragmas);
    true
}

/// Puts `fresh` in the place of some statements, behind which the text has grown.
fn replace(body: &mut Vec<Stmt>, statements: Range<usize>, fresh: Vec<Stmt>, by: u32) {
    body.iter_mut().skip(statements.end).for_each(|stmt| stmt.displace(by));
    body.splice(statements, fresh);
}

impl<'t> Change<'t> {
    /// `None` where the two are the same.
    fn between(old: &'t str, new: &'t str) -> Option<Self> {
        let start = common_prefix(old.as_bytes(), new.as_bytes());
        let [left, right] = [old, new].map(|text| text.as_bytes().get(start..).unwrap_or_default());
        let range = start..old.len() - common_suffix(left, right);
        let by = (new.len() as u32).wrapping_sub(old.len() as u32);
        (!range.is_empty() || by != 0).then_some(Self { old, new, range, by })
    }

    /// The piece of `body` that changed; `body` fills `region`, and its statements' lines begin with `indent`. `None` where more
    /// than `region` changed.
    fn piece(&self, body: &[Stmt], indent: &str, region: Range<usize>) -> Option<Piece> {
        if self.range.start < region.start || region.end < self.range.end || !begins_line(self.old, body.first()?, indent) {
            return None;
        }
        let mut piece = Piece { range: region, statements: 0..body.len() };
        for (at, stmt) in body.iter().enumerate().skip(1).filter(|(_, stmt)| begins_line(self.old, stmt, indent)) {
            let start = stmt.span.start as usize - indent.len();
            if start <= self.range.start {
                (piece.range.start, piece.statements.start) = (start, at);
            } else if self.range.end <= start {
                (piece.range.end, piece.statements.end) = (start, at);
                break;
            }
        }
        Some(piece)
    }

    /// What a piece is in the new text; `None` where it goes on in the next one.
    fn text_of(&self, piece: &Piece) -> Option<&'t str> {
        let end = (piece.range.end as u32).wrapping_add(self.by) as usize;
        let text = self.new.get(piece.range.start..end)?;
        let is_whole = end == self.new.len() || text.ends_with('\n');
        (is_whole && !text.trim_ascii_end().ends_with('\\')).then_some(text)
    }

    fn parse(&self, piece: &Piece, dialect: Dialect) -> Option<Module> {
        let mut module = parse(self.text_of(piece)?, dialect);
        module.body.displace(piece.range.start as u32);
        module.pragmas.displace(piece.range.start as u32);
        module.errors.is_empty().then_some(module)
    }

    /// The piece of a class's body that changed, where `stmts` are a class and nothing else did; and what it says now. `end` is
    /// where the text behind the class begins.
    fn parse_in_class(&self, stmts: &[Stmt], end: usize, dialect: Dialect) -> Option<(Piece, Module)> {
        let [Stmt { kind: StmtKind::Class(class), .. }] = stmts else { return None };
        let first = class.body.first()?.span.start as usize;
        let before = self.old.get(..first)?;
        let indent = before.get(before.rfind('\n')? + 1..)?;
        if indent.is_empty() {
            return None;
        }
        let piece = self.piece(&class.body, indent, first - indent.len()..end)?;
        let text = format!("{HEADER}{}", self.text_of(&piece)?);
        let mut module = parse(&text, dialect);
        let body = match module.body.as_mut_slice() {
            [Stmt { kind: StmtKind::Class(class), .. }] if module.errors.is_empty() => std::mem::take(&mut class.body),
            _ => return None,
        };
        if !begins_line(&text, body.first()?, indent) {
            return None;
        }
        module.body = body;
        let by = (piece.range.start as u32).wrapping_sub(HEADER.len() as u32);
        module.body.displace(by);
        module.pragmas.displace(by);
        Some((piece, module))
    }
}

/// Whether nothing but `indent` stands before a statement on its line.
fn begins_line(text: &str, stmt: &Stmt, indent: &str) -> bool {
    let before = text.get(..stmt.span.start as usize).and_then(|before| before.strip_suffix(indent));
    // A line that goes on in this one makes its indent another.
    let is_continued = |before: &str| before.trim_end_matches(['\r', '\n']).ends_with('\\');
    before.is_some_and(|before| before.is_empty() || (before.ends_with('\n') && !is_continued(before)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::ast::Span;
    use proptest::prelude::*;

    const TEXT: &str = "\
# A comment
from django.db import models

LENGTH = 20; WIDTH = 30


class Book(models.Model):
    \"\"\"A book.\"\"\"

    # preboot: ignore[PB101] for now
    title = models.CharField(\"t\", max_length=LENGTH)  # comment
    body = f\"{title!r:>{WIDTH}} é😀\"

    class Meta:
        ordering = ['-title', (\"a\", [1, 2])]

    @property
    def short(self, *args, **kwargs):
        if self.title and not self.body:
            return {x: y for x, y in z if x}
        match self.title:
            case Book(title=[a, *_]) | {\"k\": a, **rest}:
                pass

    # behind it


@register(Book)
def f(a=lambda x: x, *, b: int = 1):
    try:
        yield a[1:b]
    except (ValueError, TypeError) as error:
        raise X from error


x = Book  # preboot: ignore
";

    fn check(texts: &[String]) {
        let mut last = LastTree::default();
        for text in texts {
            let text: Arc<str> = text.as_str().into();
            let whole = parse(&text, Dialect::Module);
            assert_eq!(last.of(&text, Dialect::Module), whole.errors.is_empty().then_some(&whole), "{text}");
        }
    }

    /// Whether the piece alone was parsed.
    fn is_reparsed(old: &str, new: &str) -> bool {
        let text = TEXT.replacen(old, new, 1);
        assert_ne!(text, TEXT, "{old}");
        let mut module = parse(TEXT, Dialect::Module);
        let is_done = reparse(&mut module, TEXT, &text, Dialect::Module);
        let expected = if is_done { parse(&text, Dialect::Module) } else { parse(TEXT, Dialect::Module) };
        assert_eq!(module, expected, "{old} -> {new}");
        is_done
    }

    #[test]
    fn the_piece_alone_is_parsed() {
        for (old, new) in [
            ("title = models", "titles = models"),
            ("20;", "21;"),
            ("    # behind it", "    subtitle = 1  # preboot: ignore[PB2]"),
            ("\n\nclass", "\nNAME = 1\n\n\nclass"),
            ("    class Meta:", "    note = 1\n\n    class Meta:"),
            ("ignore[PB101] for now", "ignore[PB101] for longer"),
            ("    # preboot: ignore[PB101] for now\n", ""),
            ("x = Book", "y = 1\nx = Book"),
            ("\"\"\"A book.\"\"\"", "\"\"\"A\nlong\nbook.\"\"\""),
            ("    body = f\"{title!r:>{WIDTH}} é😀\"\n", ""),
            ("import models", "import models, router"),
            ("@register(Book)\ndef f", "def f"),
            ("class Book", "class Books"),
        ] {
            assert!(is_reparsed(old, new), "{old} -> {new}");
        }
    }

    #[test]
    fn what_goes_beyond_its_piece_is_left_to_the_parser() {
        for (old, new) in [
            ("title = models", "title = = models"),
            ("    title = models", "     title = models"),
            ("    body = f", "body = f"),
            ("max_length=LENGTH)", "max_length=LENGTH"),
            ("A book.\"\"\"", "A book.\"\""),
            ("class Book", "if x:\n    pass\nelif y:\nclass Book"),
            ("WIDTH = 30", "WIDTH = 30 + \\"),
            ("@register(Book)\ndef f", "@register(Book)\n\nx = 1\ndef f"),
            ("    @property\n", "    @property\n    x = 1\n"),
            ("    class Meta:", "    else:\n        x = 1\n    class Meta:"),
        ] {
            assert!(!is_reparsed(old, new), "{old} -> {new}");
        }
    }

    #[test]
    fn line_ends_of_all_kinds_are_read() {
        for end in ["\r\n", "\r"] {
            let text = TEXT.replace('\n', end);
            check(&[text.clone(), text.replace("title = ", "title: x = "), text.replace("LENGTH = 20", "LENGTH = 20\rX = 1")]);
        }
    }

    #[test]
    fn an_error_costs_nothing_later() {
        let broken = TEXT.replace("title = models", "title = (models");
        check(&[TEXT.to_owned(), broken, TEXT.replace("title = models", "title = (models)"), String::new(), "x = 1".to_owned()]);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn edits_give_the_tree_of_the_text(
            edits in proptest::collection::vec((0usize..900, 0usize..40, proptest::sample::select(vec![
                "", "x", " ", "\n", "\n    ", ":", "(", ")", "\"", "#", "=", ",", ";", "\\", "\\\n", "    ", "é😀", "\r\n", "\r", "\x0C",
                "class A:\n    x = 1\n", "    y = 2\n", "else:\n", "    else:\n        pass\n", "\"\"\"", "@a\n", "    @a\n", "    # c\n",
                "# preboot: ignore\n", "if a:\n", "async ", "x = 1; y = 2\n", "\t", "        z = 3\n",
            ])), 1..12),
        ) {
            let mut texts = vec![TEXT.to_owned()];
            let mut text = TEXT.to_owned();
            for (start, removed, inserted) in edits {
                let start = text.floor_char_boundary(start);
                let end = text.floor_char_boundary(start + removed);
                text.replace_range(start..end.max(start), inserted);
                texts.push(text.clone());
                // As a person does who sees that it was wrong.
                if !parse(&text, Dialect::Module).errors.is_empty() {
                    text.clone_from(&texts[texts.len() - 2]);
                }
            }
            check(&texts);
        }

        #[test]
        fn a_displaced_tree_is_that_of_a_longer_text(by in 0usize..200) {
            let prefix = "\n".repeat(by);
            let mut module = parse(TEXT, Dialect::Module);
            module.body.displace(by as u32);
            prop_assert_eq!(module.body, parse(&format!("{prefix}{TEXT}"), Dialect::Module).body);
            let mut span = Span::new(by, by + 1);
            span.displace(0_u32.wrapping_sub(by as u32));
            prop_assert_eq!(span, Span::new(0, 1));
        }
    }
}
