//! What the functions do that a data migration calls in other files of the project: their calls stand where they are called.

use super::resolve::{Resolve, Trail};
use crate::facts::substitute::{self, Budget, Leaf};
use crate::facts::value::{Call, Value, ValueKind};
use crate::facts::{BodyCall, Function};
use crate::syntax::ast::Span;

/// How many calls a body may come to.
const MAX_CALLS: usize = 2_000;

/// The function with the calls of all helpers that can be followed; such a call itself is gone, and its arguments remain.
pub(super) fn followed(mut function: Function, scope: &dyn Resolve, trail: &Trail) -> Function {
    let mut calls = Vec::with_capacity(function.calls.len());
    for call in std::mem::take(&mut function.calls) {
        if calls.len() > MAX_CALLS {
            let value = Value::unknown(function.span);
            calls.push(BodyCall { value, conditional: true, guards: Vec::new(), repeated: true, may_be_skipped: true });
            break;
        }
        let outer = call.value.as_call().and_then(|made| calls_of(made, call.value.span, scope, trail));
        let mut inner = Vec::new();
        match call.value.as_call() {
            Some(made) => parts(made).for_each(|part| inside(part, scope, trail, &mut inner)),
            None => inside(&call.value, scope, trail, &mut inner),
        }
        let is_followed = outer.is_some();
        for helper in inner.into_iter().chain(outer.into_iter().flatten()) {
            calls.push(BodyCall {
                value: helper.value,
                conditional: helper.conditional || call.conditional,
                guards: call.guards.iter().cloned().chain(helper.guards).collect(),
                repeated: helper.repeated || call.repeated,
                may_be_skipped: helper.may_be_skipped || call.may_be_skipped,
            });
        }
        calls.extend(if is_followed { arguments(call) } else { Some(call) });
    }
    function.calls = calls;
    function
}

/// What is left of a call that was followed.
fn arguments(call: BodyCall) -> Option<BodyCall> {
    let given: Vec<Value> = parts(call.value.as_call()?).skip(1).filter(|part| part.as_call().is_some()).cloned().collect();
    (!given.is_empty()).then(|| BodyCall { value: Value::new(call.value.span, ValueKind::Tuple(given)), ..call })
}

fn parts(call: &Call) -> impl Iterator<Item = &Value> {
    std::iter::once(&call.func).chain(&call.args).chain(call.kwargs.iter().map(|(_, value)| value))
}

/// The calls of helpers anywhere in a value.
fn inside(value: &Value, scope: &dyn Resolve, trail: &Trail, found: &mut Vec<BodyCall>) {
    if let Some(calls) = value.as_call().and_then(|call| calls_of(call, value.span, scope, trail)) {
        found.extend(calls);
    }
    value.children(&mut |child| inside(child, scope, trail, found));
}

/// What a call makes a helper do: a function, or a method of an object made on the spot.
fn calls_of(call: &Call, place: Span, scope: &dyn Resolve, trail: &Trail) -> Option<Vec<BodyCall>> {
    let (helper, is_method) = match &call.func.kind {
        ValueKind::Ref(path) => (scope.helper(path, trail)?, false),
        ValueKind::Attribute { value, attr } => {
            let class = value.as_call()?.path()?;
            (scope.class_method(&scope.absolute(class), attr).filter(|method| method.keeps_calls)?, true)
        }
        _ => return None,
    };
    let params = if is_method { helper.params.get(1..)? } else { &helper.params };
    let bound = substitute::bind(params, call, place)?;
    let argument = |leaf: Leaf<'_>, span: Span| match leaf {
        // One that isn't bound would be taken for the caller's.
        Leaf::Param(name) if helper.params.iter().any(|param| param.name == *name) => {
            let given = bound.iter().find(|(param, _)| param == name).map(|(_, value)| value.clone());
            Some(given.unwrap_or_else(|| Value::unknown(span)))
        }
        _ => None,
    };
    let budget = Budget::default();
    let put = |value: &Value| substitute::substitute(value, Some(place), &argument, &budget);
    Some(helper.calls.iter().map(|it| BodyCall { value: put(&it.value), ..it.clone() }).collect())
}

#[cfg(test)]
mod tests {
    use super::super::modules::Modules;
    use super::super::names::Names;
    use super::super::names::tests::Files;
    use super::super::resolve::Resolve;
    use crate::facts::dump;
    use crate::facts::value::Path;
    use expect_test::{Expect, expect};

    /// The calls that `:forwards` of the last file comes to.
    #[track_caller]
    #[allow(clippy::needless_pass_by_value, reason = "`expect!` gives a value, and a borrow of it would be noise in every test")]
    fn check(fixture: &str, expected: Expect) {
        let files = Files::new(fixture);
        let modules = Modules::new(&files.paths);
        let names = Names { modules: &modules, source: &files, outside: None, vendor: None, memo: None };
        let body = names.scope(files.paths.len() - 1).body(&Path(":forwards".into())).expect("it is there");
        let line = |call: &crate::facts::BodyCall| {
            let doubt = if call.conditional { "perhaps " } else { "" };
            format!("{doubt}{}\n", dump::show(&call.value))
        };
        expected.assert_eq(&body.calls.iter().map(line).collect::<String>());
    }

    #[test]
    fn helpers_are_followed_to_their_connections() {
        check(
            "#- shop/helpers.py\nfrom django.db import connection\nfrom .names import TABLE\ndef drop():\n    with connection.cursor() as c:\n        c.execute('DROP TABLE ' + TABLE)\n\
             #- shop/names.py\nTABLE = 'shop_book'\n\
             #- shop/migrations/0002_x.py\nfrom shop.helpers import drop\nclass Migration: pass\ndef forwards(apps, schema_editor):\n    if apps.ready:\n        drop()\n",
            expect![[r#"
                perhaps django.db.connection.cursor()
                perhaps django.db.connection.cursor().execute("DROP TABLE shop_book")
            "#]],
        );
    }

    #[test]
    fn arguments_go_in_the_place_of_parameters() {
        check(
            "#- shop/helpers.py\ndef run(connection, sql='SELECT 1'):\n    connection.cursor().execute(sql)\n\
             #- shop/migrations/0002_x.py\nfrom shop.helpers import run\nclass Migration: pass\ndef forwards(apps, schema_editor):\n    run(schema_editor.connection, 'SELECT 2')\n    run(schema_editor.connection)\n",
            expect![[r#"
                $schema_editor.connection.cursor().execute("SELECT 2")
                $schema_editor.connection.cursor().execute("SELECT 1")
            "#]],
        );
    }

    #[test]
    fn functions_that_reach_no_connection_stay_calls() {
        check(
            "#- shop/helpers.py\ndef slug(text):\n    return text.strip(1)\n\
             #- shop/migrations/0002_x.py\nfrom shop.helpers import slug\nfrom os import name\nclass Migration: pass\ndef forwards(apps, schema_editor):\n    slug(name)\n",
            expect![[r#"
                shop.helpers.slug(os.name)
            "#]],
        );
    }

    #[test]
    fn functions_that_call_each_other_end() {
        check(
            "#- a.py\nfrom b import f as g\ndef f(c):\n    c.cursor()\n    g(c)\n#- b.py\nfrom a import f as g\ndef f(c):\n    c.cursor()\n    g(c)\n\
             #- shop/migrations/0002_x.py\nfrom a import f\nclass Migration: pass\ndef forwards(apps, schema_editor):\n    f(schema_editor)\n",
            expect![[r#"
                $schema_editor.cursor()
                $schema_editor.cursor()
                a.f($schema_editor)
            "#]],
        );
    }
}
