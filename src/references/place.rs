//! Where a string or a keyword stands: in which call, dictionary, class, query.

use super::engine::Cx;
use super::kinds::mentions;
use super::model_fields::last_part;
use super::symbols::ClassId;
use super::types::{ClassRef, Type};
use super::visit::each_call;
use super::walk::{Around, Walk};
use crate::syntax::ast::*;

/// An argument of a call.
#[derive(Clone, Copy)]
pub(crate) struct Given<'s> {
    pub(crate) func: &'s Expr,
    pub(crate) args: &'s [Argument],
    /// Its place in `args`.
    pub(crate) index: usize,
}

impl<'s> Given<'s> {
    pub(crate) fn arg(self) -> &'s Argument {
        &self.args[self.index]
    }

    /// The keyword that it is given by.
    pub(crate) fn keyword(self) -> Option<&'s str> {
        self.arg().name.as_ref().map(|it| it.name.as_str())
    }

    /// The value of the first argument, where that is given by position.
    pub(crate) fn first(self) -> Option<&'s Expr> {
        self.args.first().filter(|arg| arg.kind == ArgumentKind::Positional).map(|arg| &arg.value)
    }
}

/// How an expression stands in the containers around it.
pub(crate) struct Place<'s> {
    /// The argument that holds it.
    pub(crate) given: Option<Given<'s>>,
    /// It is the key of a dictionary, or the keyword of a call of `dict`.
    pub(crate) is_key: bool,
    /// The key under which it is the value of a dictionary.
    pub(crate) value_of: Option<&'s str>,
}

/// The model that a query is about.
pub(crate) struct QueryModel {
    pub(crate) model: ClassRef,
    /// Only names say so.
    pub(crate) is_guess: bool,
}

impl<'s> Walk<'_, 's> {
    /// The containers around the innermost expression, up to the call or the statement that holds them.
    pub(crate) fn place(&self) -> Place<'s> {
        self.place_in(self.around())
    }

    /// The same for the call whose argument is looked at.
    pub(crate) fn place_of_call(&self) -> Place<'s> {
        let around = self.around();
        self.place_in(&around[..around.len().saturating_sub(1)])
    }

    fn place_in(&self, around: &[Around<'s>]) -> Place<'s> {
        let mut place = Place { given: None, is_key: false, value_of: None };
        let mut around = around.iter().rev();
        let Some(Around::Expr(mut inner)) = around.next().copied() else { return place };
        let mut argument: Option<&'s Argument> = None;
        for it in around {
            let expr = match it {
                Around::Expr(expr) => *expr,
                Around::Arg(arg) => {
                    argument = Some(arg);
                    continue;
                }
                _ => return place,
            };
            match &expr.kind {
                ExprKind::Dict(items) => {
                    place.is_key |= items.iter().any(|(key, _)| key.as_ref().is_some_and(|key| std::ptr::eq(key, inner)));
                    let key = items.iter().find(|(_, value)| std::ptr::eq(value, inner)).and_then(|(key, _)| key.as_ref()?.as_str());
                    place.value_of = place.value_of.or(key);
                }
                ExprKind::List(_) | ExprKind::Tuple(_) | ExprKind::Set(_) | ExprKind::Starred(_) | ExprKind::Binary { .. } => {}
                ExprKind::IfExp { .. } | ExprKind::BoolOp { .. } => {}
                ExprKind::Call { func, args } => {
                    let index = argument.and_then(|argument| args.iter().position(|arg| std::ptr::eq(arg, argument)));
                    place.given = index.map(|index| Given { func, args, index });
                    return place;
                }
                _ => return place,
            }
            inner = expr;
        }
        place
    }

    /// The name that the statement around assigns the outermost container to.
    pub(crate) fn assigned_name(&self) -> Option<&'s str> {
        let stmt = self.around().iter().rev().find_map(|it| match it {
            Around::Stmt(stmt) => Some(*stmt),
            _ => None,
        })?;
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => match targets.as_slice() {
                [Expr { kind: ExprKind::Name(name), .. }] => Some(name),
                _ => None,
            },
            StmtKind::AnnAssign { target: Expr { kind: ExprKind::Name(name), .. }, .. } => Some(name),
            _ => None,
        }
    }

    /// The body of the function around, else of the module.
    pub(crate) fn body_around(&self) -> &'s [Stmt] {
        let function = self.around().iter().rev().find_map(|it| match it {
            Around::Stmt(Stmt { kind: StmtKind::Function(node), .. }) => Some(node.body.as_slice()),
            _ => None,
        });
        function.or_else(|| self.engine.store.tree(self.file).map(|it| it.body.as_slice())).unwrap_or_default()
    }

    /// The class whose body (or `Meta`) the place stands in.
    pub(crate) fn class_around(&self) -> Option<ClassId> {
        for it in self.around().iter().rev() {
            match it {
                Around::Class(class) => return Some(self.engine.owner_of_options(*class).unwrap_or(*class)),
                Around::Function => return None,
                _ => {}
            }
        }
        None
    }

    /// The model of the nearest query, constraint or class around the place, `skip` of them left out.
    pub(crate) fn model_around(&self, cx: &Cx<'_>, mut skip: usize) -> Option<QueryModel> {
        for around in self.around().iter().rev() {
            match around {
                Around::Expr(Expr { kind: ExprKind::Call { func, args }, .. }) => {
                    let Some(model) = self.model_of_query(&Cx { at: func.span.start, ..*cx }, func, args) else { continue };
                    if skip == 0 {
                        return Some(model);
                    }
                    skip -= 1;
                }
                Around::Class(class) => {
                    let class = self.engine.owner_of_options(*class).unwrap_or(*class);
                    return self.engine.bound_model(class).map(|model| QueryModel { model, is_guess: false });
                }
                Around::Function => break,
                _ => {}
            }
        }
        None
    }

    /// The model of the query that the expression is kept for: `condition = Q(…)`, then `orders.filter(condition)`;
    /// `annotations["n"] = Count(…)`, then `orders.annotate(**annotations)`.
    pub(crate) fn model_of_named_query(&self, cx: &Cx<'_>) -> Option<QueryModel> {
        let name = self.assigned_name().or_else(|| self.collected_in())?;
        let mut model = None;
        each_call(self.body_around(), &mut |func, args| {
            let is_given = |arg: &Argument| mentions(&arg.value, name);
            if model.is_none() && args.iter().any(is_given) {
                model = self.model_of_query(&Cx { at: func.span.start, ..*cx }, func, args);
            }
        });
        model
    }

    /// The name of the list, dictionary or expression that the statement around adds to: `found["n"] = …`, `found |= …`,
    /// `found.append(…)`.
    pub(crate) fn collected_in(&self) -> Option<&'s str> {
        fn name(expr: &Expr) -> Option<&str> {
            match &expr.kind {
                ExprKind::Name(name) => Some(name),
                ExprKind::Subscript { value, .. } => name(value),
                _ => None,
            }
        }
        let stmt = self.around().iter().rev().find_map(|it| match it {
            Around::Stmt(stmt) => Some(*stmt),
            _ => None,
        })?;
        match &stmt.kind {
            StmtKind::Assign { targets, .. } => targets.first().and_then(name),
            StmtKind::AugAssign { target, .. } => name(target),
            StmtKind::Expr(Expr { kind: ExprKind::Call { func, .. }, .. }) => match &func.kind {
                ExprKind::Attribute { value, attr }
                    if matches!(attr.name.as_str(), "append" | "extend" | "add" | "update" | "insert" | "setdefault") =>
                {
                    name(value)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The model whose rows a call asks for.
    fn model_of_query(&self, cx: &Cx<'_>, func: &'s Expr, args: &'s [Argument]) -> Option<QueryModel> {
        let callee = self.engine.infer(cx, func);
        let is_guess = callee.is_unknown();
        let callee = if is_guess { self.engine.guess(|| self.engine.infer(cx, func)) } else { callee };
        let model = callee.members().iter().find_map(|it| match it {
            Type::Builtin(_, receiver) | Type::Method(_, receiver) => self.engine.as_queryset(receiver).map(|it| it.model),
            Type::External(path) if last_part(path).contains("_or_404") => {
                self.engine.rows_of(&self.engine.infer(cx, &args.first()?.value)).map(|it| it.model)
            }
            _ => None,
        })?;
        Some(QueryModel { model, is_guess })
    }
}
