//! Keywords that a function of the project passes on: `**kwargs` given to another call, or to `setattr`.

use super::engine::Cx;
use super::keywords::{Keyword, KeywordVerdict, probably};
use super::subject::Verdict;
use super::symbols::FunctionId;
use super::types::Type;
use super::visit::{callee_name, each_call, spreads};
use super::walk::Walk;
use crate::syntax::ast::*;

impl<'s> Walk<'_, 's> {
    /// A keyword given to a function: its own parameter, or one that its `**kwargs` carry to another call. `cx` is the caller's.
    pub(crate) fn passed_on(&self, cx: &Cx<'_>, function: FunctionId, this: &Type, keyword: Keyword<'_, 's>) -> KeywordVerdict {
        let Some(entry) = self.engine.function(function) else { return (Verdict::Unknown, None) };
        if entry.node.params.iter().any(|param| param.name.name == keyword.part.path) {
            return (Verdict::No, None);
        }
        let Some(kwargs) = entry.node.params.iter().find(|param| param.kind == ParameterKind::KwArgs) else { return (Verdict::No, None) };
        let Some(hops) = keyword.hops.checked_sub(1) else { return (Verdict::Unknown, None) };
        let this = (!this.is_unknown()).then_some(this);
        let mut all: Vec<KeywordVerdict> = Vec::new();
        each_call(&entry.node.body, &mut |func, args| {
            let is_passed = args.iter().any(|arg| {
                let is_open = arg.kind == ArgumentKind::DoubleStar || arg.name.as_ref().is_some_and(|it| it.name == "defaults");
                is_open && spreads(&arg.value, &kwargs.name.name)
            });
            if is_passed {
                let cx = Cx { file: function.file, scope: entry.scope, at: func.span.start, frame: None, this };
                all.push(self.keyword_of(&cx, &self.engine.infer(&cx, func), Keyword { args, hops, ..keyword }));
            }
        });
        if all.is_empty() {
            // One that hands them to nothing that is known may still set them one by one.
            let receiver = self.attribute_receiver(function, keyword.args).filter(|_| keyword.part.is_whole());
            let verdict = receiver.map_or(Verdict::Unknown, |it| self.judge.on_type(&self.engine.infer(cx, it), keyword.part.path));
            return (probably(verdict), None);
        }
        let kind = all.iter().find_map(|it| it.1);
        (probably(Verdict::join(all.into_iter().map(|it| it.0))), kind)
    }

    /// The argument whose attributes a function reads or writes by name: `for key in values: setattr(order, key, values[key])`.
    fn attribute_receiver(&self, function: FunctionId, given: &'s [Argument]) -> Option<&'s Expr> {
        let entry = self.engine.function(function)?;
        let mut receiver = None;
        each_call(&entry.node.body, &mut |func, args| {
            let is_variable = args.get(1).is_some_and(|arg| matches!(arg.value.kind, ExprKind::Name(_)));
            if matches!(callee_name(func), "getattr" | "setattr")
                && is_variable
                && let Some(ExprKind::Name(name)) = args.first().map(|arg| &arg.value.kind)
            {
                receiver = receiver.or(Some(name));
            }
        });
        let receiver = receiver?;
        let index = entry.node.params.iter().position(|param| param.name.name == *receiver)?;
        let index = index.checked_sub(usize::from(entry.class.is_some()))?;
        let by_name = given.iter().find(|arg| arg.name.as_ref().is_some_and(|it| it.name == *receiver));
        by_name.or_else(|| given.get(index).filter(|arg| arg.kind == ArgumentKind::Positional)).map(|arg| &arg.value)
    }
}
