//! Moves a tree along with the text that it stands in.

use super::ast::{
    Alias, Argument, ClassDef, Comprehension, ExceptHandler, Expr, ExprKind, FStringPart, ForClause, FunctionDef, Identifier, MatchCase,
    Parameter, Pattern, PatternKind, Span, Stmt, StmtKind, StringLiteral, WithItem,
};

/// Something with places in a text.
pub(super) trait Displace {
    /// The text before it has grown by so many bytes; a text that has shrunk has grown by a number that wraps around.
    fn displace(&mut self, by: u32);
}

impl Displace for Span {
    fn displace(&mut self, by: u32) {
        self.start = self.start.wrapping_add(by);
        self.end = self.end.wrapping_add(by);
    }
}

impl<T: Displace> Displace for [T] {
    fn displace(&mut self, by: u32) {
        self.iter_mut().for_each(|it| it.displace(by));
    }
}

impl<T: Displace> Displace for Vec<T> {
    fn displace(&mut self, by: u32) {
        self.as_mut_slice().displace(by);
    }
}

impl<T: Displace> Displace for Option<T> {
    fn displace(&mut self, by: u32) {
        self.as_mut_slice().displace(by);
    }
}

impl<T: Displace> Displace for Box<T> {
    fn displace(&mut self, by: u32) {
        (**self).displace(by);
    }
}

impl<A: Displace, B: Displace> Displace for (A, B) {
    fn displace(&mut self, by: u32) {
        self.0.displace(by);
        self.1.displace(by);
    }
}

/// Every part of a node is named, so that none is forgotten.
macro_rules! displace {
    ($($node:ident { $($part:ident),* $(; $($plain:ident),*)? })*) => {$(
        impl Displace for $node {
            fn displace(&mut self, by: u32) {
                let Self { $($part),* $(, $($plain: _),*)? } = self;
                $($part.displace(by);)*
            }
        }
    )*};
}

displace! {
    Identifier { span; name }
    Stmt { span, kind }
    ClassDef { name, decorators, args, body }
    FunctionDef { name, decorators, params, returns, body; is_async }
    Parameter { name, annotation, default; kind }
    WithItem { context, target }
    ExceptHandler { span, types, name, body }
    MatchCase { pattern, guard, body }
    Pattern { span, kind }
    Alias { name, asname }
    Expr { span, kind }
    Comprehension { element, value, clauses; kind }
    ForClause { target, iter, conditions }
    Argument { name, value; kind }
    StringLiteral { content; value }
}

impl Displace for StmtKind {
    fn displace(&mut self, by: u32) {
        match self {
            Self::Class(class) => class.displace(by),
            Self::Function(function) => function.displace(by),
            Self::Assign { targets, value } => {
                targets.displace(by);
                value.displace(by);
            }
            Self::AugAssign { target, op: _, value } => {
                target.displace(by);
                value.displace(by);
            }
            Self::AnnAssign { target, annotation, value } => {
                target.displace(by);
                annotation.displace(by);
                value.displace(by);
            }
            Self::Expr(expr) => expr.displace(by),
            Self::Return(expr) => expr.displace(by),
            Self::Delete(exprs) => exprs.displace(by),
            Self::Raise { exc, cause } => {
                exc.displace(by);
                cause.displace(by);
            }
            Self::Assert { test, msg } => {
                test.displace(by);
                msg.displace(by);
            }
            Self::If { test, body, orelse } | Self::While { test, body, orelse } => {
                test.displace(by);
                body.displace(by);
                orelse.displace(by);
            }
            Self::For { target, iter, body, orelse } => {
                target.displace(by);
                iter.displace(by);
                body.displace(by);
                orelse.displace(by);
            }
            Self::With { items, body } => {
                items.displace(by);
                body.displace(by);
            }
            Self::Try { body, handlers, orelse, finalbody } => {
                body.displace(by);
                handlers.displace(by);
                orelse.displace(by);
                finalbody.displace(by);
            }
            Self::Match { subject, cases } => {
                subject.displace(by);
                cases.displace(by);
            }
            Self::Import(names) => names.displace(by),
            Self::ImportFrom { level: _, module, names } => {
                module.displace(by);
                names.displace(by);
            }
            Self::Global(names) | Self::Nonlocal(names) => names.displace(by),
            Self::TypeAlias { name, value } => {
                name.displace(by);
                value.displace(by);
            }
            Self::Pass | Self::Break | Self::Continue | Self::Unknown => {}
        }
    }
}

impl Displace for ExprKind {
    fn displace(&mut self, by: u32) {
        match self {
            Self::Attribute { value, attr } => {
                value.displace(by);
                attr.displace(by);
            }
            Self::Call { func, args } => {
                func.displace(by);
                args.displace(by);
            }
            Self::Subscript { value, index } => {
                value.displace(by);
                index.displace(by);
            }
            Self::Slice { lower, upper, step } => [lower, upper, step].into_iter().for_each(|it| it.displace(by)),
            Self::Str(literal) => literal.displace(by),
            Self::FString(parts) => parts.displace(by),
            Self::List(items) | Self::Tuple(items) | Self::Set(items) => items.displace(by),
            Self::Dict(entries) => entries.displace(by),
            Self::Binary { left, op: _, right } => {
                left.displace(by);
                right.displace(by);
            }
            Self::Unary { op: _, operand } => operand.displace(by),
            Self::BoolOp { op: _, operands } => operands.displace(by),
            Self::Compare { left, ops: _, comparators } => {
                left.displace(by);
                comparators.displace(by);
            }
            Self::IfExp { test, body, orelse } => [test, body, orelse].into_iter().for_each(|it| it.displace(by)),
            Self::Lambda { params, body } => {
                params.displace(by);
                body.displace(by);
            }
            Self::Comprehension(comprehension) => comprehension.displace(by),
            Self::Starred(inner) | Self::Await(inner) | Self::YieldFrom(inner) => inner.displace(by),
            Self::Yield(inner) => inner.displace(by),
            Self::Named { target, value } => {
                target.displace(by);
                value.displace(by);
            }
            Self::Name(_)
            | Self::Bytes
            | Self::Int(_)
            | Self::Float(_)
            | Self::Bool(_)
            | Self::None
            | Self::Ellipsis
            | Self::Opaque
            | Self::Unknown => {}
        }
    }
}

impl Displace for PatternKind {
    fn displace(&mut self, by: u32) {
        match self {
            Self::Value(expr) => expr.displace(by),
            Self::Capture(name) => name.displace(by),
            Self::As(pattern, name) => {
                pattern.displace(by);
                name.displace(by);
            }
            Self::Or(patterns) | Self::Sequence(patterns) => patterns.displace(by),
            Self::Mapping(entries, rest) => {
                entries.displace(by);
                rest.displace(by);
            }
            Self::Class { class, args, kwargs } => {
                class.displace(by);
                args.displace(by);
                kwargs.displace(by);
            }
            Self::Unknown => {}
        }
    }
}

impl Displace for FStringPart {
    fn displace(&mut self, by: u32) {
        match self {
            Self::Text(literal) => literal.displace(by),
            Self::Expr(expr) => expr.displace(by),
        }
    }
}
