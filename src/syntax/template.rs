//! Templates of Django and of Jinja2: what their tags and variables name.
//!
//! One scanner does for both, since what differs between them (`|default:x` and `|default(x)`) doesn't clash. It never fails:
//! what it can't make sense of is no tag, or no operand. It knows nothing of types or scopes; it says where each segment of a
//! path stands and which names a tag binds to what.

mod operand;
mod tag;
mod token;

use memchr::{memchr, memmem};

use super::ast::{Identifier, Span};

#[derive(Clone, PartialEq, Debug, Default)]
pub struct Template {
    /// In the order of the text.
    pub nodes: Vec<Node>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Node {
    /// `{{ … }}`: one operand in Django; in Jinja2 all that stand in the expression.
    Variable(Span, Vec<Operand>),
    Tag(Tag),
}

/// `{% name … %}`, closing tags such as `endfor` included.
#[derive(Clone, PartialEq, Debug)]
pub struct Tag {
    /// With the braces.
    pub span: Span,
    pub name: Identifier,
    /// Whatever is evaluated: `{% if a.b == "c" %}` has two.
    pub operands: Vec<Operand>,
    pub bindings: Vec<Binding>,
}

/// Names that a tag gives to something.
#[derive(Clone, PartialEq, Debug)]
pub struct Binding {
    pub targets: Vec<Identifier>,
    pub value: BoundValue,
}

/// The numbers are indices into `Tag::operands`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoundValue {
    /// `{% for target in operand %}`: the elements, taken apart if there are several targets.
    EachOf(usize),
    /// `{% with target=operand %}`
    Operand(usize),
    /// `{% url … as target %}`, `{% macro name(target) %}`: not known.
    Unknown,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Operand {
    /// Without the filters.
    pub span: Span,
    /// The keyword in `{% include "x" with keyword=operand %}` or `f(keyword=operand)`.
    pub keyword: Option<Identifier>,
    pub value: Value,
    pub filters: Vec<Filter>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// `book.author.name`; there is at least one segment.
    Path(Vec<Segment>),
    /// As it stands between the quotes (of which the operand's span takes in both).
    Str(Box<str>),
    /// Numbers, and words such as `True`.
    Literal,
}

/// `.name`, `.0`, `["name"]` or `.name(arguments)`.
#[derive(Clone, PartialEq, Debug)]
pub struct Segment {
    /// The span doesn't take in the dot or the brackets. `name` is empty for an index that is an expression (`[i]`).
    pub name: Identifier,
    /// Jinja2's call; Django calls whatever is callable without saying so.
    pub call: Option<Vec<Operand>>,
}

/// `|name:argument`, `|name(arguments)`
#[derive(Clone, PartialEq, Debug)]
pub struct Filter {
    pub name: Identifier,
    pub arguments: Vec<Operand>,
}

/// Tags whose contents are not template code.
const OPAQUE_TAGS: &[&str] = &["comment", "verbatim", "raw"];

/// Finds the tags and variables of a template.
pub fn scan(text: &str) -> Template {
    let bytes = text.as_bytes();
    let mut nodes = Vec::new();
    let mut at = 0;
    while let Some(brace) = bytes.get(at..).and_then(|rest| memchr(b'{', rest)) {
        at += brace;
        let opener = bytes.get(at + 1).copied();
        let Some((closer, rest)) = opener.and_then(closer).zip(text.get(at + 2..)) else {
            at += 1;
            continue;
        };
        // As in Django, the first closing braces close, even within a string.
        let Some(length) = memmem::find(rest.as_bytes(), closer) else {
            at += 2;
            continue;
        };
        let inner = Span::new(at + 2, at + 2 + length);
        let outer = Span::new(at, at + 2 + length + 2);
        at = outer.range().end;
        match opener {
            Some(b'{') => nodes.push(Node::Variable(outer, operand::all(text, inner))),
            Some(b'%') => {
                let Some(tag) = tag::read(text, inner, outer) else { continue };
                if OPAQUE_TAGS.contains(&tag.name.name.as_str()) {
                    at = end_of_opaque(text, at, &tag.name.name);
                }
                nodes.push(Node::Tag(tag));
            }
            _ => {}
        }
    }
    Template { nodes }
}

fn closer(opener: u8) -> Option<&'static [u8]> {
    match opener {
        b'{' => Some(b"}}"),
        b'%' => Some(b"%}"),
        b'#' => Some(b"#}"),
        _ => None,
    }
}

/// Where `{% endname` stands, or the end of the text.
fn end_of_opaque(text: &str, from: usize, name: &str) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    memmem::find_iter(rest.as_bytes(), "{%")
        .find(|at| {
            let tag = rest.get(at + 2..).unwrap_or_default().trim_start_matches(['-', '+']).trim_start();
            tag.strip_prefix("end").and_then(|tag| tag.strip_prefix(name)).is_some_and(|tag| !tag.starts_with(char::is_alphanumeric))
        })
        .map_or(text.len(), |at| from + at)
}

#[cfg(test)]
mod tests;
