//! Closed files and git blobs: the whole text, parsed by ruff's parser and lowered at once.

use memchr::memmem;
use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{Parsed, parse_unchecked_source};
use ruff_text_size::{Ranged, TextSize};

use super::ast::{Module, Span, Stmt, StmtKind};
use super::dialect::Dialect;
use super::ruff::{self, span};
use super::stack::with_room_for;

/// What a comment for this program starts with.
pub(crate) const PRAGMA: &str = "# preboot:";

/// The tree of a Python file. What can't be parsed is in `Module::errors`; the rest of the file is there all the same.
///
/// `text` has no byte order mark (`source::decode_python` strips it). Nothing that it may hold makes this panic or overflow the
/// stack; a text that would take a gigabyte of stack comes back as one error.
pub fn parse(text: &str, dialect: Dialect) -> Module {
    with_room_for(text, || parse_here(text, dialect)).unwrap_or_else(|| {
        let span = Span::new(0, text.len());
        Module { body: vec![Stmt { span, kind: StmtKind::Unknown }], errors: vec![span], pragmas: Vec::new() }
    })
}

fn parse_here(text: &str, dialect: Dialect) -> Module {
    let parsed = parse_unchecked_source(text, PySourceType::Python);
    Module {
        body: ruff::lower(parsed.suite(), text, dialect),
        errors: parsed.errors().iter().map(|error| span(error.location)).collect(),
        pragmas: pragmas(&parsed, text),
    }
}

fn pragmas(parsed: &Parsed<ModModule>, text: &str) -> Vec<Span> {
    memmem::find_iter(text.as_bytes(), PRAGMA)
        .filter_map(|at| {
            let offset = TextSize::try_from(at).ok()?;
            let tokens = parsed.tokens();
            let index = tokens.partition_point(|token| token.start() < offset);
            let token = tokens.get(index)?;
            (token.kind() == TokenKind::Comment && token.start() == offset).then(|| span(token.range()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::ast::ExprKind;

    fn first_value(text: &str, dialect: Dialect) -> ExprKind {
        match parse(text, dialect).body.into_iter().next().map(|stmt| stmt.kind) {
            Some(StmtKind::Assign { value, .. }) => value.kind,
            other => panic!("no assignment: {other:?}"),
        }
    }

    #[test]
    fn long_literals_of_fields_are_opaque_in_migrations_only() {
        let blocks = format!("x = wagtail.StreamField([{}], null=True)", "('heading', 1), ".repeat(100));
        let ExprKind::Call { args, .. } = first_value(&blocks, Dialect::Migration) else { panic!("no call") };
        assert_eq!(args.iter().map(|arg| arg.value.kind == ExprKind::Opaque).collect::<Vec<_>>(), [true, false]);
        let ExprKind::Call { args, .. } = first_value(&blocks, Dialect::Module) else { panic!("no call") };
        assert!(args.iter().all(|arg| arg.value.kind != ExprKind::Opaque));
        let other = blocks.replace("StreamField", "CreateModel");
        let ExprKind::Call { args, .. } = first_value(&other, Dialect::Migration) else { panic!("no call") };
        assert!(args.iter().all(|arg| arg.value.kind != ExprKind::Opaque));
    }

    #[test]
    fn what_follows_an_error_is_lowered() {
        let module = parse("x = = 1\n\nclass A:\n    y = 2\n", Dialect::Module);
        assert!(!module.errors.is_empty());
        assert!(matches!(module.body.last(), Some(Stmt { kind: StmtKind::Class(class), .. }) if class.name.name == "A"));
    }

    #[test]
    fn only_comments_are_pragmas() {
        let text = "x = '# preboot: no'  # preboot: yes\n# see # preboot: no\n";
        let found: Vec<&str> = parse(text, Dialect::Module).pragmas.iter().map(|span| &text[span.range()]).collect();
        assert_eq!(found, ["# preboot: yes"]);
    }

    #[test]
    fn strings_know_where_their_bytes_stand() {
        let text = r#"x = "plain"; y = "a\n"; z = "a" "b""#;
        let strings: Vec<(String, bool)> = parse(text, Dialect::Module)
            .body
            .into_iter()
            .filter_map(|stmt| match stmt.kind {
                StmtKind::Assign { value, .. } => match value.kind {
                    ExprKind::Str(literal) => Some((literal.value.into(), literal.content.is_some())),
                    _ => None,
                },
                _ => None,
            })
            .collect();
        assert_eq!(strings, [("plain".into(), true), ("a\n".into(), false), ("ab".into(), false)]);
    }

    /// Each is nested 50,000 times, in ways that overflow the stack of the parser or of its tree.
    #[test]
    fn no_nesting_overflows_the_stack() {
        let n = 50_000;
        let texts = [
            format!("{}{}", "(".repeat(n), ")".repeat(n)),
            "(".repeat(n),
            "[".repeat(n),
            format!("{}x{} = 1", "[".repeat(n), "]".repeat(n)),
            format!("del {}x{}", "(".repeat(n), ",)".repeat(n)),
            format!("*{}x{} = 1", "*[".repeat(n), "]".repeat(n)),
            format!("{}1{}", "{1:".repeat(n), "}".repeat(n)),
            format!("{}1", "-".repeat(n)),
            format!("{}1", "not ".repeat(n)),
            format!("{}1", "lambda: ".repeat(n)),
            format!("{}1", "lambda x=".repeat(n)),
            format!("{}a", "a+".repeat(n)),
            format!("{}a", "a**".repeat(n)),
            format!("a{} = 1", ".a".repeat(n)),
            format!("a{}", "()".repeat(n)),
            format!("{}a", "a if b else ".repeat(n)),
            format!("if a: pass\n{}", "elif a: pass\n".repeat(n)),
            format!("match a:\n case {}x{}: pass", "A(".repeat(n), ")".repeat(n)),
            format!("def f(x: {}x{}): pass", "list[".repeat(n), "]".repeat(n)),
            format!("{}1{}", "f(a=".repeat(n), ")".repeat(n)),
            format!("x.Field({}1{})", "[".repeat(n), "]".repeat(n)),
        ];
        for text in texts {
            assert_eq!(parse(&text, Dialect::Migration).body.len(), 1, "{}", &text[..20]);
        }
    }
}
