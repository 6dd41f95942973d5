//! Strings: decoded, joined, and cut into the parts of an f-string.

use ::tree_sitter::Node;

use super::Lowering;
use super::kinds::{Field, Kind};
use crate::syntax::ast::{ExprKind, FStringPart, Span, StringLiteral};
use crate::syntax::dialect::MAX_DEPTH;
use crate::syntax::literal::{Prefix, decode};

impl<'t> Lowering<'t, '_> {
    pub(super) fn string(&mut self, node: Node<'t>) -> ExprKind {
        let (prefix, content) = self.ends(node);
        match prefix {
            Prefix { bytes: true, .. } => ExprKind::Bytes,
            Prefix { interpolated: true, .. } => {
                let mut parts = Vec::new();
                self.interpolated(node, prefix, content, &mut parts);
                ExprKind::FString(parts)
            }
            _ => ExprKind::Str(self.literal(content, prefix)),
        }
    }

    /// Adjacent literals are one value.
    pub(super) fn concatenated(&mut self, node: Node<'t>) -> ExprKind {
        let children = self.push_children(node);
        let strings: Vec<(Node<'t>, Prefix, Span)> = children
            .clone()
            .filter_map(|index| self.scratch.get(index))
            .filter(|child| child.kind == Kind::String)
            .map(|child| child.node)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|string| {
                let (prefix, content) = self.ends(string);
                (string, prefix, content)
            })
            .collect();
        self.pop_children(&children);
        if strings.iter().any(|(_, prefix, _)| prefix.bytes) {
            return ExprKind::Bytes;
        }
        if strings.iter().any(|(_, prefix, _)| prefix.interpolated) {
            let mut parts = Vec::new();
            for (string, prefix, content) in strings {
                match prefix.interpolated {
                    true => self.interpolated(string, prefix, content, &mut parts),
                    false => self.text_part(content, prefix, &mut parts),
                }
            }
            return ExprKind::FString(parts);
        }
        let mut value = String::with_capacity(node.byte_range().len());
        for (_, prefix, content) in strings {
            value.push_str(&decode(self.text.get(content.range()).unwrap_or_default(), prefix));
        }
        ExprKind::Str(StringLiteral { value: value.into_boxed_str(), content: None })
    }

    /// What stands before the opening quote, and the span between the quotes.
    fn ends(&mut self, node: Node<'t>) -> (Prefix, Span) {
        let (mut prefix, mut start, mut end, mut quotes) = (Prefix::default(), node.start_byte(), node.end_byte(), 0);
        self.each(node, |this, child| match child.kind {
            Kind::StringStart => {
                let text = this.slice(child.node);
                prefix = Prefix::of(text);
                quotes = text.bytes().filter(|byte| matches!(byte, b'"' | b'\'')).count();
                start = child.node.end_byte();
            }
            // It is not where this node starts: that takes in the backslash of `r"\""`.
            Kind::StringEnd => end = child.node.end_byte() - quotes,
            _ => {}
        });
        (prefix, Span::new(start, end))
    }

    fn literal(&self, content: Span, prefix: Prefix) -> StringLiteral {
        let text = self.text.get(content.range()).unwrap_or_default();
        let value = decode(text, prefix);
        StringLiteral { content: (*value == *text).then_some(content), value: value.into() }
    }

    fn text_part(&self, content: Span, prefix: Prefix, parts: &mut Vec<FStringPart>) {
        let literal = self.literal(content, prefix);
        if !literal.value.is_empty() {
            parts.push(FStringPart::Text(literal));
        }
    }

    /// The text of an f-string is what its interpolations leave.
    fn interpolated(&mut self, node: Node<'t>, prefix: Prefix, content: Span, parts: &mut Vec<FStringPart>) {
        let mut from = content.start;
        self.each(node, |this, child| {
            if child.kind == Kind::Interpolation {
                let (start, end) = (child.node.start_byte() as u32, child.node.end_byte() as u32);
                this.text_part(Span { start: from, end: start }, prefix, parts);
                this.interpolation(child.node, parts);
                from = end;
            }
        });
        self.text_part(Span { start: from, end: content.end }, prefix, parts);
    }

    /// The expression between braces, then those in its format specification.
    fn interpolation(&mut self, node: Node<'t>, parts: &mut Vec<FStringPart>) {
        self.each(node, |this, child| match child.field {
            // `f"{x:=8}"`: the colon starts a format specification.
            Field::Expression if child.kind == Kind::NamedExpression => this.each(child.node, |this, part| match part.field {
                Field::Name => parts.push(FStringPart::Expr(this.expr(part.node))),
                // The braces of an expression in the specification make a set to tree-sitter.
                Field::Value if part.kind == Kind::Set => parts.extend(this.exprs(part.node).into_iter().map(FStringPart::Expr)),
                _ => {}
            }),
            Field::Expression => parts.push(FStringPart::Expr(this.expr(child.node))),
            Field::FormatSpecifier => this.each(child.node, |this, spec| {
                if spec.kind == Kind::FormatExpression && this.depth < MAX_DEPTH {
                    this.depth += 1;
                    this.interpolation(spec.node, parts);
                    this.depth -= 1;
                }
            }),
            _ => {}
        });
    }
}
