//! Keywords of factory_boy's factories, which reach into the factories that they hold.

use super::engine::Cx;
use super::path_part::PathPart;
use super::subject::Verdict;
use super::symbols::ClassId;
use super::types::{ClassRef, Type};
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

impl<'s> Walk<'_, 's> {
    /// `OrderFactory(note=…)`, `OrderFactory(customer__email=…)`.
    pub(crate) fn factory_keyword(&self, class: ClassId, part: PathPart<'_>) -> Verdict {
        let first = part.first();
        let bound = self.engine.bound_model(class);
        let Some(at) = part.at.checked_sub(first.len() + 2) else {
            return bound.map_or(Verdict::Unknown, |model| self.engine.verdict_on(self.subject, &model, first));
        };
        let held = self.engine.class_value(class, first).and_then(|(owner, value)| match &value.kind {
            ExprKind::Call { args, .. } => Some((owner, &args.first()?.value)),
            _ => None,
        });
        match held {
            Some((owner, held)) => match self.factory_named(&self.engine.class_cx(owner), held) {
                Some(held) => self.factory_keyword(held, PathPart { path: part.path.get(first.len() + 2..).unwrap_or_default(), at }),
                None => Verdict::Unknown,
            },
            None => bound.map_or(Verdict::Unknown, |model| self.engine.verdict_on_path(self.subject, &model, part)),
        }
    }

    /// `SelfAttribute("note")`, `SubFactory(TagFactory, note=SelfAttribute("..note"))`: of the factory around, or of the one that it
    /// is given to.
    pub(crate) fn factory_attribute(&self, cx: &Cx<'_>, part: PathPart<'_>) -> Verdict {
        let path = part.path.trim_start_matches('.');
        let dots = part.path.len() - path.len();
        let Some(at) = part.at.checked_sub(dots) else { return Verdict::Unknown };
        // The string, the argument that it is, and the call itself.
        let holder = self.around().iter().rev().skip(3).find_map(|it| match it {
            Around::Expr(Expr { kind: ExprKind::Call { args, .. }, .. }) => Some(args),
            _ => None,
        });
        let held = || holder.and_then(|args| args.first()).and_then(|it| self.factory_named(cx, &it.value));
        let factory = if dots == 0 && holder.is_some() { held() } else { self.class_around() };
        let (path, at) = PathPart { path, at }.undotted();
        factory.map_or(Verdict::Unknown, |it| self.judge.on_bound_model(it, PathPart { path: &path, at }))
    }

    /// The factory that the first argument of `SubFactory` names: a class or its dotted path.
    pub(crate) fn factory_named(&self, cx: &Cx<'_>, expr: &'s Expr) -> Option<ClassId> {
        let ty = match self.engine.const_str(cx, expr) {
            Some(path) => {
                let (module, class) = path.rsplit_once('.')?;
                let file = self.engine.store.absolute(cx.file, module)?;
                self.engine.module_attribute(file, class)
            }
            None => self.engine.infer(cx, expr),
        };
        match ty {
            Type::Class(ClassRef::Project(class)) if self.engine.is_factory(class) => Some(class),
            _ => None,
        }
    }
}
