//! Values that are written to an attribute: `stock.quantity = F("quantity") - 1`.

use super::engine::Cx;
use super::keywords::probably;
use super::path_part::PathPart;
use super::subject::Verdict;
use super::types::Type;
use super::visit::callee_name;
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

impl<'s> Walk<'_, 's> {
    /// A path in an expression that the statement around writes to an attribute: it is one of the model of what has the attribute.
    pub(crate) fn in_written(&self, cx: &Cx<'_>, part: PathPart<'_>) -> Verdict {
        let Some((receiver, name)) = self.written_attribute() else { return Verdict::Unknown };
        let cx = &Cx { at: receiver.span.start, ..*cx };
        let on_path = |ty: &Type| {
            Verdict::join(ty.members().iter().filter(|it| **it != Type::None).map(|it| match it {
                Type::Instance(model) if self.engine.is_model_ref(model) => self.engine.verdict_on_path(self.subject, model, part),
                _ => Verdict::Unknown,
            }))
        };
        match on_path(&self.engine.infer(cx, receiver)) {
            Verdict::Unknown => {}
            known => return known,
        }
        match probably(on_path(&self.engine.guess(|| self.engine.infer(cx, receiver)))) {
            // It is as likely as the attribute of the same name.
            Verdict::Unknown if name == Some(part.path) => self.name_on(cx, receiver, part),
            guess => guess,
        }
    }

    /// What has the attribute that the statement around writes, and the attribute's name.
    fn written_attribute(&self) -> Option<(&'s Expr, Option<&'s str>)> {
        let stmt = self.around().iter().rev().find_map(|it| match it {
            Around::Stmt(stmt) => Some(*stmt),
            _ => None,
        })?;
        let target = match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.first()?,
            StmtKind::AugAssign { target, .. } | StmtKind::AnnAssign { target, .. } => target,
            StmtKind::Expr(Expr { kind: ExprKind::Call { func, args }, .. }) if callee_name(func) == "setattr" => {
                let [receiver, name, _] = args.as_slice() else { return None };
                return Some((&receiver.value, name.value.as_str()));
            }
            _ => return None,
        };
        match &target.kind {
            ExprKind::Attribute { value, attr } => Some((value, Some(&attr.name))),
            _ => None,
        }
    }
}
