//! Lists and dictionaries that a function fills after it made them: `orders = []`, then `orders.append(order)`.

use super::engine::{Cx, Engine};
use super::symbols::blocks_of;
use super::types::{Dict, Type};
use super::visit::each_call;
use crate::syntax::ast::*;
use std::rc::Rc;

impl<'s> Engine<'s> {
    /// The type of a local name, with what its empty containers are filled with.
    pub(crate) fn filled(&self, cx: &Cx<'_>, body: &'s [Stmt], name: &str, ty: Type) -> Type {
        let is_empty = |it: &Type| match it {
            Type::List(item) => item.is_unknown(),
            Type::Dict(dict) => dict.entries.is_empty() && dict.other.as_ref().is_none_or(Type::is_unknown),
            _ => false,
        };
        if !ty.members().iter().any(is_empty) {
            return ty;
        }
        ty.map(|it| match it {
            Type::List(_) if is_empty(it) => Type::List(Rc::new(self.appended(cx, body, name))),
            Type::Dict(_) if is_empty(it) => {
                let mut dict = Dict::default();
                let mut others = Vec::new();
                self.stored(cx, body, name, &mut dict, &mut others);
                dict.other = (!others.is_empty()).then(|| Type::union(others));
                Type::Dict(Rc::new(dict))
            }
            other => other.clone(),
        })
    }

    fn appended(&self, cx: &Cx<'_>, body: &'s [Stmt], name: &str) -> Type {
        let mut items = Vec::new();
        each_call(body, &mut |func, args| {
            let ExprKind::Attribute { value, attr } = &func.kind else { return };
            let Some(item) = args.last().map(|arg| &arg.value) else { return };
            if !matches!(&value.kind, ExprKind::Name(it) if it == name) {
                return;
            }
            let here = Cx { at: item.span.start, ..*cx };
            match attr.name.as_str() {
                "append" | "add" | "insert" | "appendleft" => items.push(self.infer(&here, item)),
                "extend" | "update" => items.push(self.element(&self.infer(&here, item))),
                _ => {}
            }
        });
        Type::union(items)
    }

    /// `name[key] = value`
    fn stored(&self, cx: &Cx<'_>, body: &'s [Stmt], name: &str, dict: &mut Dict, others: &mut Vec<Type>) {
        for stmt in body {
            if let StmtKind::Assign { targets, value } = &stmt.kind {
                for target in targets {
                    let ExprKind::Subscript { value: receiver, index } = &target.kind else { continue };
                    if !matches!(&receiver.kind, ExprKind::Name(it) if it == name) {
                        continue;
                    }
                    let ty = self.infer(&Cx { at: value.span.start, ..*cx }, value);
                    match self.const_str(cx, index) {
                        Some(key) => dict.entries.push((key, ty)),
                        None => others.push(ty),
                    }
                }
            }
            blocks_of(stmt).into_iter().for_each(|block| self.stored(cx, block, name, dict, others));
        }
    }
}
