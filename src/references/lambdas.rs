//! The parameters of lambdas, by what the lambda is given to.

use super::engine::Cx;
use super::kinds::ClassKind;
use super::roles::keyword;
use super::types::Type;
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

impl<'s> Walk<'_, 's> {
    /// What a lambda's parameter is: an item of what is sorted or filtered, a row of the factory or admin around.
    pub(crate) fn lambda_parameter(&self, cx: &Cx<'_>, params: &'s [Parameter], param: &'s Parameter) -> Type {
        let is_first = params.first().is_some_and(|it| it.name.span == param.name.span);
        if !is_first {
            return Type::Unknown;
        }
        let item = self.item_of_call(cx, 1);
        if !item.is_unknown() {
            return item;
        }
        let Some(class) = self.class_around() else { return Type::Unknown };
        match self.engine.kind(class) {
            ClassKind::Factory | ClassKind::Admin => self.engine.bound_model(class).map_or(Type::Unknown, Type::Instance),
            _ => Type::Unknown,
        }
    }

    /// `sorted(orders, key=lambda it: …)`, `orders.sort(key=…)`, `filter(lambda it: …, orders)`.
    /// The function that is given is `inside` places further out than the innermost.
    pub(crate) fn item_of_call(&self, cx: &Cx<'_>, inside: usize) -> Type {
        let mut around = self.around().iter().rev().skip(inside);
        let (Some(Around::Arg(arg)), Some(Around::Expr(call))) = (around.next(), around.next()) else { return Type::Unknown };
        let ExprKind::Call { func, args } = &call.kind else { return Type::Unknown };
        let is_key = arg.name.as_ref().is_some_and(|it| it.name == "key");
        let iterated = match &func.kind {
            ExprKind::Name(name) => match name.as_str() {
                "sorted" | "min" | "max" | "groupby" if is_key || name == "groupby" => args.first().map(|arg| &arg.value),
                "filter" | "map" => args.get(1).map(|arg| &arg.value),
                _ => None,
            },
            ExprKind::Attribute { value, attr } if attr.name == "sort" && keyword(args, "key").is_some() => Some(&**value),
            ExprKind::Attribute { attr, .. } if attr.name == "groupby" => args.first().map(|arg| &arg.value),
            _ => None,
        };
        iterated.map_or(Type::Unknown, |it| {
            let cx = Cx { at: it.span.start, ..*cx };
            let ty = self.engine.element(&self.engine.infer(&cx, it));
            if ty.is_unknown() { self.engine.guess(|| self.engine.element(&self.engine.infer(&cx, it))) } else { ty }
        })
    }
}
