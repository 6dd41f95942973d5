//! Any text has facts, always the same ones, and nothing in them stands outside of it.

use super::super::facts;
use super::super::value::Value;
use crate::syntax::dialect::Dialect;
use crate::syntax::parse::parse;
use proptest::prelude::*;

const LINES: &[&str] = &[
    "x = [1, 'a', *y]",
    "y = {'k': x, **z}",
    "z = x + y",
    "x += [f(x)]",
    "x.append(x)",
    "x['k']['l'] = y",
    "y.update(z)",
    "del x",
    "x = y.pop('k', z)",
    "a, (b, *c) = x",
    "w = [f(a, *b) for a, b in x for c in b if a]",
    "w = f'{x} {y!r} é'",
    "w = '%s %(k)s' % (x, y)",
    "w = '{} {k}'.format(*x, **y)",
    "w = (v := x) if y else -z",
    "for a in x:",
    "for a, b in y.items():",
    "while x:",
    "if x == 'a' and not y:",
    "elif x in y:",
    "else:",
    "try:",
    "except E:",
    "finally:",
    "with x as y:",
    "match x:",
    "case {'k': y}:",
    "def f(x, *a, k=y, **o):",
    "return f(x, *a, **o)",
    "return",
    "yield x",
    "class Migration(Base):",
    "class C(Migration, metaclass=M):",
    "class Meta(C.Meta):",
    "operations = [f(x), *w]",
    "operations.append(x)",
    "Migration.operations += x",
    "C.add_to_class('x', y)",
    "locals()[x] = y",
    "from a.b import *",
    "from . import x as y",
    "import a.b",
    "super().__init__(*a, **o)",
    "x = f(",
    "]",
    "# preboot: ignore[PB1, ] why",
    "x = 1  # preboot: ignore[",
    "break",
    "raise x",
    "global x",
];

fn source() -> impl Strategy<Value = String> {
    prop::collection::vec((0..4usize, prop::sample::select(LINES)), 0..40)
        .prop_map(|lines| lines.into_iter().map(|(indent, line)| format!("{:indent$}{line}\n", "", indent = indent * 4)).collect())
}

fn assert_inside(value: &Value, text: &str) {
    assert!(text.get(value.span.range()).is_some(), "{:?} is not in the text", value.span);
    value.children(&mut |child| assert_inside(child, text));
}

proptest! {
    #[test]
    fn any_text_has_facts(text in source()) {
        let found = facts(&parse(&text, Dialect::Module), &text);
        prop_assert_eq!(&found, &facts(&parse(&text, Dialect::Module), &text));
        for (_, value) in &found.constants {
            assert_inside(value, &text);
        }
        for function in &found.functions {
            function.returns.iter().for_each(|value| assert_inside(value, &text));
        }
        if let Some(operations) = found.migration.as_ref().and_then(|migration| migration.operations.as_ref()) {
            assert_inside(operations, &text);
        }
        for suppression in &found.suppressions {
            prop_assert!(text.get(suppression.span.range()).is_some());
        }
    }
}
