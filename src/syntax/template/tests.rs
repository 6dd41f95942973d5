use expect_test::{Expect, expect};

use super::*;

/// A line a node: what it evaluates, and what it binds. Every span is checked against the text on the way.
fn show(text: &str) -> String {
    let mut lines = String::new();
    for node in scan(text).nodes {
        match node {
            Node::Variable(span, operands) => {
                assert!(text[span.range()].starts_with("{{") && text[span.range()].ends_with("}}"));
                lines += &format!("{{{{ {} }}}}\n", show_operands(text, &operands));
            }
            Node::Tag(tag) => {
                assert!(text[tag.span.range()].starts_with("{%") && text[tag.span.range()].ends_with("%}"));
                lines += &format!("{{% {}: {}", identifier(text, &tag.name), show_operands(text, &tag.operands));
                for binding in &tag.bindings {
                    let targets: Vec<&str> = binding.targets.iter().map(|target| identifier(text, target)).collect();
                    lines += &format!("; {} = {:?}", targets.join(","), binding.value);
                }
                lines += "\n";
            }
        }
    }
    lines
}

fn identifier<'t>(text: &'t str, identifier: &'t Identifier) -> &'t str {
    assert_eq!(&text[identifier.span.range()], identifier.name);
    &identifier.name
}

fn show_operands(text: &str, operands: &[Operand]) -> String {
    operands.iter().map(|operand| show_operand(text, operand)).collect::<Vec<_>>().join(" ")
}

fn show_operand(text: &str, operand: &Operand) -> String {
    let mut shown = match &operand.keyword {
        Some(keyword) => format!("{}=", identifier(text, keyword)),
        None => String::new(),
    };
    shown += &match &operand.value {
        Value::Path(segments) => segments
            .iter()
            .map(|segment| match &segment.call {
                None => identifier(text, &segment.name).to_owned(),
                Some(args) => format!("{}({})", identifier(text, &segment.name), show_operands(text, args)),
            })
            .collect::<Vec<_>>()
            .join("/"),
        Value::Str(value) => format!("{value:?}"),
        Value::Literal => format!("<{}>", &text[operand.span.range()]),
    };
    for filter in &operand.filters {
        shown += &format!("|{}[{}]", identifier(text, &filter.name), show_operands(text, &filter.arguments));
    }
    shown
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "so that the call can end in expect![]")]
fn check(text: &str, expected: Expect) {
    expected.assert_eq(&show(text));
}

#[test]
fn variables() {
    check(
        "{{ book }} {{book.author.name}} {{ cta.comment_requirements|default:x.y|upper }} {{ items.0.name }}\n{{ \"text\"|add:'x' }} {{ 1.5 }} {{ a|date:\"Y-m-d\" }} {{ forloop.counter0|add:-1 }}{{ context|linkify:\"name\" }}{{ by.name }}",
        expect![[r#"
            {{ book }}
            {{ book/author/name }}
            {{ cta/comment_requirements|default[x/y]|upper[] }}
            {{ items/0/name }}
            {{ "text"|add["x"] }}
            {{ <1.5> }}
            {{ a|date["Y-m-d"] }}
            {{ forloop/counter0|add[<1>] }}
            {{ context|linkify["name"] }}
            {{ by/name }}
        "#]],
    );
}

#[test]
fn loops_and_scopes() {
    check(
        "{% for x in y.z %}{% for key, value in a.items reversed %}{% empty %}{% endfor %}{% with a=b.c d=e|f:g %}{% with b.c as d %}{% endwith %}",
        expect![[r#"
            {% for: y/z; x = EachOf(0)
            {% for: a/items; key,value = EachOf(0)
            {% empty: 
            {% endfor: 
            {% with: a=b/c d=e|f[g]; a = Operand(0); d = Operand(1)
            {% with: b/c; d = Operand(0)
            {% endwith: 
        "#]],
    );
}

#[test]
fn other_tags_of_django() {
    check(
        r#"{% extends "base.html" %}{% load static i18n from x %}{% block content %}{% if a.b == "c" and not d.e|length >= 2 or f in g.h %}{% elif x is None %}
{% include "a.html" with b=c.d only %}{% url 'name' book.pk slug=book.slug as link %}{% blocktranslate with a=b.c and d=e count n=f|length %}
{% cycle 'a' b.c as d %}{% image page.photo width-400 class="x" as img %}{% regroup cities by country as list %}{% csrf_token %}{% firstof a b.c "d" %}{% filter upper|force_escape %}
{% trans "x" as y %}{% now "Y" %}{% ifchanged a.b %}{% widthratio a.b 100 c %}{% endblock content %}{% include template_name %}{% include a.b|c %}{% if context.x or count %}{% blocktrans trimmed count counter=a.b asvar text %}{% include "x" with a=context %}"#,
        expect![[r#"
            {% extends: "base.html"
            {% load: 
            {% block: 
            {% if: a/b "c" d/e|length[] <2> f g/h
            {% elif: x <None>
            {% include: "a.html" b=c/d; b = Operand(1)
            {% url: "name" book/pk slug=book/slug; link = Unknown
            {% blocktranslate: a=b/c d=e n=f|length[]; a = Operand(0); d = Operand(1); n = Operand(2)
            {% cycle: "a" b/c; d = Unknown
            {% image: page/photo <width-400> class="x"; img = Unknown
            {% regroup: cities country; list = Unknown
            {% csrf_token: 
            {% firstof: a b/c "d"
            {% filter: <upper>|upper[]|force_escape[]
            {% trans: "x"; y = Unknown
            {% now: "Y"
            {% ifchanged: a/b
            {% widthratio: a/b <100> c
            {% endblock: 
            {% include: template_name
            {% include: a/b|c[]
            {% if: context/x count
            {% blocktrans: counter=a/b; counter = Operand(0); text = Unknown
            {% include: "x" a=context; a = Operand(1)
        "#]],
    );
}

#[test]
fn jinja() {
    check(
        r#"{{ obj.method(x, y=z.w).y }} {{- a['b'].c[0][i.j].d -}} {{ a | default("x") | f(b.c) }} {{ a if b.c else d }} {{ a ~ b + (c.d * 2) }} {{ [a.b, {"k": v.w}] }}
{%- set x = y.z -%}{% set x = y.z + 1 %}{% set a, b = c.d %}{% set ns.x = y %}{% set x %}{% for a in b.c if a.d recursive %}{% macro field(a, b=c.d) %}{% call(u) dump(users.all()) %}
{% import "x" as forms %}{% from "y" import a, b as c with context %}{% if a is defined and b is not none %}{% elif x == y.z %}{% do a.append(b.c) %}{{ _("text") }}{{ a == b }}{% include "x" ignore missing with context %}"#,
        expect![[r#"
            {{ obj/method(x y=z/w)/y }}
            {{ a/b/c/0/(i/j)/d }}
            {{ a|default["x"]|f[b/c] }}
            {{ a b/c d }}
            {{ a b c/d <2> }}
            {{ a/b "k" v/w }}
            {% set: y/z; x = Operand(0)
            {% set: y/z <1>; x = Unknown
            {% set: c/d; a,b = Unknown
            {% set: y;  = Unknown
            {% set: ; x = Unknown
            {% for: b/c a/d; a = EachOf(0)
            {% macro: b=c/d; a,b = Unknown
            {% call: dump(users/all()); u = Unknown
            {% import: "x"; forms = Unknown
            {% from: "y"; a,c = Unknown
            {% if: a defined b <none>
            {% elif: x y/z
            {% do: a/append(b/c)
            {{ _("text") }}
            {{ a b }}
            {% include: "x"
        "#]],
    );
}

#[test]
fn opaque_contents() {
    check(
        "{# {{ a }} #}{% comment \"why\" %}{{ b }}{% if c %}{% endcomment %}{% verbatim x %}{{ d }}{%endverbatim x%}{% raw %}{{ e }}{%- endraw -%}{{ f }}{% comment %}{{ g }}",
        expect![[r#"
            {% comment: 
            {% endcomment: 
            {% verbatim: 
            {% endverbatim: 
            {% raw: 
            {% endraw: 
            {{ f }}
            {% comment: 
        "#]],
    );
}

#[test]
fn broken_templates() {
    check(
        "{ {{ a. }} {{ }} {% %} {%  if %} {{ b|  }} {{ c|d: }} {{ 'x }} {{ (a }} {{ a) }} {{ | }} {{ é.ü }} }} %} {{ unclosed {% for x %}{% for in y %}{% with a= %} {{ a.b",
        expect![[r#"
            {{ a }}
            {{  }}
            {% if: 
            {{ b }}
            {{ c|d[] }}
            {{ "x " }}
            {{ a }}
            {{ a }}
            {{  }}
            {{ é/ü }}
            {% for: ; x = Unknown
            {% for: y;  = EachOf(0)
            {% with: a
        "#]],
    );
}

proptest::proptest! {
    #[test]
    fn nothing_makes_it_panic(pieces in proptest::collection::vec(proptest::sample::select(vec![
        "{{", "}}", "{%", "%}", "{#", "#}", " ", "a", ".", "|", ":", "(", ")", "[", "]", "'", "\"", "=", "for", "in", "with", "as", "set", "1", ",", "-", "é", "\n", "comment", "end", "\\",
    ]), 0..40)) {
        show(&pieces.concat());
    }
}

#[test]
fn deep_nesting_is_cut() {
    show(&format!("{{{{ {} }}}}", "a(".repeat(100_000)));
    show(&format!("{{{{ {} }}}}", "a[".repeat(100_000)));
    show(&format!("{{{{ {} }}}}", "a|b(".repeat(100_000)));
}
