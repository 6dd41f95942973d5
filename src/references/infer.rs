//! Expressions to types.

use super::engine::{Cx, Engine, Frame};
use super::symbols::ClassId;
use super::types::{ClassRef, Dict, Row, Type};
use crate::syntax::ast::*;
use std::rc::Rc;

impl<'s> Engine<'s> {
    pub(crate) fn infer(&self, cx: &Cx<'_>, expr: &'s Expr) -> Type {
        self.step(|| self.infer_kind(cx, expr))
    }

    fn infer_kind(&self, cx: &Cx<'_>, expr: &'s Expr) -> Type {
        match &expr.kind {
            ExprKind::Name(name) => self.name_type(cx, name),
            ExprKind::Attribute { value, attr } => {
                let receiver = self.infer(cx, value);
                let ty = receiver.map(|it| self.attribute(cx, it, &attr.name)).own_methods();
                if ty.is_unknown() && self.guessing() { self.guess_by_name(cx, &attr.name) } else { ty }
            }
            ExprKind::Call { func, args } => self.call(cx, func, args),
            ExprKind::Subscript { value, index } => {
                let receiver = self.infer(cx, value);
                receiver.map(|it| self.item(cx, it, index))
            }
            ExprKind::Str(_)
            | ExprKind::FString(_)
            | ExprKind::Bytes
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Bool(_)
            | ExprKind::Ellipsis
            | ExprKind::Compare { .. }
            | ExprKind::Slice { .. } => Type::Scalar,
            ExprKind::None => Type::None,
            ExprKind::List(items) | ExprKind::Set(items) => Type::List(Rc::new(Type::union(items.iter().map(|item| match &item.kind {
                ExprKind::Starred(inner) => self.element(&self.infer(cx, inner)),
                _ => self.infer(cx, item),
            })))),
            ExprKind::Tuple(items) => Type::Tuple(items.iter().map(|item| self.infer(cx, item)).collect()),
            ExprKind::Dict(items) => self.dict(cx, items),
            ExprKind::Binary { left, right, op } => self.binary(cx, left, *op, right),
            ExprKind::Unary { op: UnaryOp::Not, .. } => Type::Scalar,
            ExprKind::Unary { operand, .. } => self.infer(cx, operand),
            ExprKind::BoolOp { op: BoolOp::Or, operands } => Type::union(operands.iter().map(|it| self.infer(cx, it))),
            ExprKind::BoolOp { op: BoolOp::And, operands } => operands.last().map_or(Type::Unknown, |it| self.infer(cx, it)),
            ExprKind::IfExp { body, orelse, .. } => Type::union([self.infer(cx, body), self.infer(cx, orelse)]),
            ExprKind::Comprehension(it) => self.comprehension(cx, it),
            ExprKind::Starred(inner) | ExprKind::Await(inner) | ExprKind::Named { value: inner, .. } => self.infer(cx, inner),
            ExprKind::Lambda { .. } | ExprKind::Yield(_) | ExprKind::YieldFrom(_) | ExprKind::Opaque | ExprKind::Unknown => Type::Unknown,
        }
    }

    fn dict(&self, cx: &Cx<'_>, items: &'s [(Option<Expr>, Expr)]) -> Type {
        let mut dict = Dict::default();
        let mut others = Vec::new();
        for (key, value) in items {
            let ty = self.infer(cx, value);
            match (key.as_ref().map(|it| (it, it.as_str())), ty) {
                (Some((_, Some(text))), ty) => dict.entries.push((text.into(), ty)),
                (Some((_, None)), ty) => others.push(ty),
                (None, Type::Dict(spread)) => {
                    dict.entries.extend(spread.entries.iter().cloned());
                    others.extend(spread.other.clone());
                }
                (None, _) => {}
            }
        }
        dict.other = (!others.is_empty()).then(|| Type::union(others));
        Type::Dict(Rc::new(dict))
    }

    fn binary(&self, cx: &Cx<'_>, left: &'s Expr, op: BinaryOp, right: &'s Expr) -> Type {
        let left = self.infer(cx, left);
        match (&left, op) {
            // `queryset | other`, `list + list`, `"%s" % x`.
            (Type::QuerySet(_) | Type::List(_) | Type::Tuple(_), _) => left,
            (Type::Scalar, _) => Type::Scalar,
            _ => match self.infer(cx, right) {
                right @ (Type::QuerySet(_) | Type::List(_) | Type::Tuple(_) | Type::Scalar) => right,
                _ if left.is_unknown() => Type::Unknown,
                _ => left,
            },
        }
    }

    fn comprehension(&self, cx: &Cx<'_>, it: &'s Comprehension) -> Type {
        self.with_clauses(cx, &it.clauses, &mut |cx| match (&it.value, it.kind) {
            (Some(value), ComprehensionKind::Dict) => Type::Dict(Rc::new(Dict { entries: Vec::new(), other: Some(self.infer(cx, value)) })),
            _ => Type::List(Rc::new(self.infer(cx, &it.element))),
        })
    }

    /// Runs `body` where the variables of a comprehension's clauses are known.
    pub(crate) fn with_clauses<T>(&self, cx: &Cx<'_>, clauses: &'s [ForClause], body: &mut dyn FnMut(&Cx<'_>) -> T) -> T {
        let Some((clause, rest)) = clauses.split_first() else { return body(cx) };
        let frame = Frame { parent: cx.frame, names: self.clause_names(cx, clause) };
        self.with_clauses(&Cx { frame: Some(&frame), ..*cx }, rest, body)
    }

    pub(crate) fn clause_names(&self, cx: &Cx<'_>, clause: &'s ForClause) -> Vec<(Name, Type)> {
        let item = self.element(&self.infer(cx, &clause.iter));
        self.target_names(&clause.target, &item)
    }

    /// The names in a target with the parts of the value that they take.
    pub(crate) fn target_names(&self, target: &'s Expr, value: &Type) -> Vec<(Name, Type)> {
        let mut names = Vec::new();
        super::symbols::each_name(target, &mut |name, span| names.push((Name::from(name), self.unpacked(target, value, span))));
        names
    }

    /// What iterating gives.
    pub(crate) fn element(&self, ty: &Type) -> Type {
        ty.map(|member| match member {
            Type::List(item) => (**item).clone(),
            Type::Tuple(items) => Type::union(items.iter().cloned()),
            Type::QuerySet(queryset) => self.row(queryset),
            Type::Manager(manager) => Type::Instance(manager.model.clone()),
            Type::Dict(_) | Type::Scalar => Type::Scalar,
            // A form's fields, a formset's forms, and whatever else has an `__iter__`.
            Type::Instance(class) => self.iterated(class),
            _ => Type::Unknown,
        })
    }

    pub(crate) fn row(&self, queryset: &super::types::QuerySet) -> Type {
        match &queryset.row {
            Row::Instance => Type::Instance(queryset.model.clone()),
            Row::Values => Type::Values(Rc::new(queryset.model.clone())),
            Row::Named => Type::NamedRow(Rc::new(queryset.model.clone())),
            Row::ValuesList => Type::List(Rc::new(Type::Scalar)),
            Row::Flat(item) => (**item).clone(),
        }
    }

    /// `value[index]`.
    fn item(&self, cx: &Cx<'_>, ty: &Type, index: &'s Expr) -> Type {
        let is_slice = matches!(index.kind, ExprKind::Slice { .. });
        match ty {
            Type::List(_) | Type::Tuple(_) | Type::QuerySet(_) | Type::Scalar if is_slice => ty.clone(),
            Type::Tuple(items) => match &index.kind {
                ExprKind::Int(Some(at)) => usize::try_from(*at).ok().and_then(|at| items.get(at)).cloned().unwrap_or(Type::Unknown),
                _ => self.element(ty),
            },
            Type::Manager(manager) if is_slice => self.all_of(manager),
            Type::List(_) | Type::QuerySet(_) | Type::Manager(_) => self.element(ty),
            Type::Dict(dict) => match self.const_str(cx, index) {
                Some(key) => dict.get(&key),
                None => Type::union(dict.entries.iter().map(|(_, ty)| ty.clone()).chain(dict.other.clone())),
            },
            // `QuerySet[Order]`, `Generic[T]`: the class itself.
            Type::Class(_) | Type::External(_) => ty.clone(),
            Type::CleanedData(class) => match self.const_str(cx, index) {
                Some(key) => self.cleaned_value(class, &key),
                None => Type::Unknown,
            },
            Type::Values(_) | Type::Aggregates(_) | Type::NamedRow(_) => Type::Scalar,
            _ => Type::Unknown,
        }
    }

    /// The type that an annotation declares.
    pub(crate) fn annotation(&self, cx: &Cx<'_>, annotation: &'s Expr) -> Type {
        if let Some(given) = self.type_argument(cx, annotation) {
            return given;
        }
        match &annotation.kind {
            ExprKind::None => Type::None,
            // `"Order"`: the text of a forward reference has no tree; a plain name is looked up.
            ExprKind::Str(literal) => self.forward_reference(cx, &literal.value),
            ExprKind::Binary { left, op: BinaryOp::BitOr, right } => Type::union([self.annotation(cx, left), self.annotation(cx, right)]),
            ExprKind::Subscript { value, index } => self.generic(cx, value, index),
            ExprKind::Name(_) | ExprKind::Attribute { .. } => self.infer(cx, annotation).map(|it| match it {
                Type::External(path) if path.starts_with("builtins.") => match path.as_str() {
                    "builtins.str" | "builtins.int" | "builtins.bool" | "builtins.float" | "builtins.bytes" => Type::Scalar,
                    _ => Type::Unknown,
                },
                Type::External(path) if is_untyped(path) => Type::Unknown,
                other => self.instance_of(other),
            }),
            _ => Type::Unknown,
        }
    }

    fn generic(&self, cx: &Cx<'_>, value: &'s Expr, index: &'s Expr) -> Type {
        let written = value.dotted().unwrap_or_default();
        let parts: Vec<&'s Expr> = match &index.kind {
            ExprKind::Tuple(items) => items.iter().collect(),
            _ => vec![index],
        };
        let first = || parts.first().map_or(Type::Unknown, |it| self.annotation(cx, it));
        match super::model_fields::last_part(&written) {
            "Optional" | "Annotated" | "ClassVar" | "Final" | "Required" | "NotRequired" | "Awaitable" | "Promise" | "WithAnnotations"
            | "Coroutine" => first(),
            "Union" => Type::union(parts.iter().map(|it| self.annotation(cx, it))),
            "List" | "list" | "Iterable" | "Sequence" | "Set" | "set" | "FrozenSet" | "frozenset" | "Iterator" | "Generator"
            | "Collection" | "deque" | "MutableSequence" | "AsyncIterator" | "AsyncIterable" | "KeysView" => Type::list_of(first()),
            "Tuple" | "tuple" => match parts.last().map(|it| &it.kind) {
                Some(ExprKind::Ellipsis) => Type::list_of(first()),
                _ => Type::Tuple(parts.iter().map(|it| self.annotation(cx, it)).collect()),
            },
            "Dict" | "dict" | "Mapping" | "MutableMapping" | "defaultdict" | "DefaultDict" | "OrderedDict" => {
                let other = parts.get(1).map(|it| self.annotation(cx, it));
                Type::Dict(Rc::new(Dict { entries: Vec::new(), other }))
            }
            "Type" | "type" => match first() {
                Type::Instance(class) => Type::Class(class),
                _ => Type::Unknown,
            },
            name if name.ends_with("QuerySet") || name.ends_with("Manager") => match first() {
                Type::Instance(model) => self.queryset_of(model),
                _ => self.infer(cx, value).map(|it| self.instance_of(it)),
            },
            _ => self.infer(cx, value).map(|it| match self.instance_of(it) {
                Type::Instance(ClassRef::Project(class)) if !self.type_parameters(class).is_empty() => {
                    Type::Applied(class, parts.iter().map(|it| self.annotation(cx, it)).collect())
                }
                other => other,
            }),
        }
    }

    /// The names that stand for the types which a class is given: `class Box(Generic[T])`.
    fn type_parameters(&self, class: ClassId) -> Vec<&'s str> {
        let bases = self.class(class).map_or(&[] as &[_], |it| it.node.args.as_slice());
        let given = bases.iter().find_map(|base| match &base.value.kind {
            ExprKind::Subscript { value, index } => {
                let base = value.dotted()?;
                matches!(super::model_fields::last_part(&base), "Generic" | "Protocol").then_some(&**index)
            }
            _ => None,
        });
        let names: Vec<&'s Expr> = match given.map(|it| &it.kind) {
            Some(ExprKind::Tuple(items)) => items.iter().collect(),
            _ => given.into_iter().collect(),
        };
        let name = |it: &'s Expr| match &it.kind {
            ExprKind::Name(name) => Some(name.as_str()),
            _ => None,
        };
        names.into_iter().filter_map(name).collect()
    }

    /// What a name in the body of a class stands for, where the class is given types.
    fn type_argument(&self, cx: &Cx<'_>, annotation: &'s Expr) -> Option<Type> {
        let Some(Type::Applied(class, given)) = cx.this else { return None };
        let ExprKind::Name(name) = &annotation.kind else { return None };
        let index = self.type_parameters(*class).iter().position(|it| *it == name)?;
        given.get(index).cloned()
    }

    /// `"Order"`, `"models.Order"`, `"Optional[Order]"` in quotes.
    fn forward_reference(&self, cx: &Cx<'_>, text: &str) -> Type {
        let text = text.trim();
        let inner = text.strip_prefix("Optional[").and_then(|it| it.strip_suffix(']')).unwrap_or(text);
        let inner = inner.split('|').map(str::trim).find(|part| *part != "None").unwrap_or(inner);
        let (inner, is_many) = match inner.split_once('[') {
            Some(("List" | "list" | "Iterable" | "Sequence" | "QuerySet" | "models.QuerySet", rest)) => (rest.trim_end_matches(']'), true),
            Some(_) => return Type::Unknown,
            None => (inner, false),
        };
        let mut parts = inner.split('.');
        let Some(first) = parts.next() else { return Type::Unknown };
        let class = parts.fold(self.name_type(cx, first), |ty, part| self.attribute(cx, &ty, part));
        let instance = class.map(|it| self.instance_of(it));
        if is_many { Type::list_of(instance) } else { instance }
    }

    /// `iter(instance)`.
    fn iterated(&self, class: &ClassRef) -> Type {
        let ClassRef::Project(class) = class else { return Type::Unknown };
        self.method_returns(*class, "__iter__", &Type::instance(*class))
    }
}

/// An annotation that says nothing.
fn is_untyped(path: &str) -> bool {
    matches!(path, "typing.Any" | "typing.Optional" | "typing.Callable" | "typing_extensions.Any" | "collections.abc.Callable")
}
