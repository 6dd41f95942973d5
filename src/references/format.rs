//! `"{order.note}"`: attributes in the replacement fields of format strings.

use super::engine::Cx;
use super::judge::confidence;
use super::reference::{Confidence, ReferenceKind};
use super::subject::Verdict;
use super::types::Type;
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

impl<'s> Walk<'_, 's> {
    /// A name after a dot in a replacement field; `at` is its offset in the text. Whether it was one.
    pub(crate) fn format_field(&mut self, cx: &Cx<'_>, text: &str, at: usize, hit: Span) -> bool {
        let Some(path) = path_before(text, at) else { return false };
        let Some(name) = text.get(at..at + hit.len()) else { return false };
        let mut parts = path.split('.');
        let Some(root) = parts.next() else { return false };
        let rest: Vec<&str> = parts.collect();
        let of_call = self.formatted(cx, root);
        let follow = |ty: Type| rest.iter().fold(ty, |ty, part| self.engine.attribute(cx, &ty, part));
        let confidence = match self.judge.on_type(&follow(of_call), name) {
            Verdict::Unknown => {
                let guess = self.engine.guess(|| follow(self.engine.guess_by_name(cx, root)));
                match self.judge.on_type(&guess, name) {
                    Verdict::Yes | Verdict::Probably => Some(Confidence::Likely),
                    Verdict::No => None,
                    Verdict::Unknown => Some(self.judge.evidence.of_format(&self.judge, self.file, rest.last().unwrap_or(&root), name)),
                }
            }
            verdict => confidence(verdict),
        };
        self.note(hit, ReferenceKind::Attribute, confidence);
        true
    }

    /// What the call of `format` around the string gives for a field's first part.
    fn formatted(&self, cx: &Cx<'_>, root: &str) -> Type {
        let mut around = self.around().iter().rev().skip(1);
        let Some(Around::Expr(Expr { kind: ExprKind::Attribute { attr, .. }, .. })) = around.next() else { return Type::Unknown };
        let Some(Around::Expr(Expr { kind: ExprKind::Call { args, .. }, .. })) = around.next() else { return Type::Unknown };
        if attr.name != "format" {
            return Type::Unknown;
        }
        let arg = match root.parse::<usize>() {
            Ok(index) => args.get(index).filter(|arg| arg.kind == ArgumentKind::Positional),
            Err(_) => args.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == root)),
        };
        arg.map_or(Type::Unknown, |arg| self.engine.infer(cx, &arg.value))
    }
}

/// `a.b` of `{a.b.` before the offset.
fn path_before(text: &str, at: usize) -> Option<&str> {
    let before = text.get(..at)?.strip_suffix('.')?;
    let open = before.rfind('{')?;
    let path = before.get(open + 1..)?;
    (!path.is_empty() && path.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '.')).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::path_before;

    #[test]
    fn the_path_before_a_name_in_a_replacement_field() {
        assert_eq!(path_before("x {a.b.note}", 7), Some("a.b"));
        assert_eq!(path_before("x {0.note!r}", 5), Some("0"));
        assert_eq!(path_before("x. note", 3), None);
        assert_eq!(path_before("{note}", 1), None);
        assert_eq!(path_before("{a} b.note", 6), None);
    }
}
