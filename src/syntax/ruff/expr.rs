//! Expressions.

use memchr::memchr;
use ruff_python_ast as py;
use ruff_text_size::{Ranged, TextRange};

use super::{Lowering, span};
use crate::syntax::ast::{
    Argument, ArgumentKind, BinaryOp, BoolOp, CompareOp, Comprehension, ComprehensionKind, Expr, ExprKind, FStringPart, ForClause,
    Identifier, StringLiteral, UnaryOp,
};
use crate::syntax::dialect::MAX_DEPTH;
use crate::syntax::literal::{Prefix, decode};

impl Lowering<'_> {
    pub(super) fn expr(&mut self, expr: &py::Expr) -> Expr {
        let kind = if self.depth >= MAX_DEPTH {
            ExprKind::Unknown
        } else {
            self.depth += 1;
            let kind = self.expr_kind(expr);
            self.depth -= 1;
            kind
        };
        Expr { span: span(expr.range()), kind }
    }

    fn expr_kind(&mut self, expr: &py::Expr) -> ExprKind {
        match expr {
            py::Expr::Name(name) if name.id.is_empty() => ExprKind::Unknown,
            py::Expr::Name(name) => ExprKind::Name(self.name(name.range)),
            py::Expr::Attribute(attribute) => {
                ExprKind::Attribute { value: self.boxed(&attribute.value), attr: self.identifier(&attribute.attr) }
            }
            py::Expr::Call(call) => {
                let args = self.arguments(&call.arguments, last_name(&call.func));
                ExprKind::Call { func: self.boxed(&call.func), args }
            }
            py::Expr::Subscript(subscript) => {
                ExprKind::Subscript { value: self.boxed(&subscript.value), index: self.boxed(&subscript.slice) }
            }
            py::Expr::Slice(slice) => ExprKind::Slice {
                lower: self.optional_boxed(slice.lower.as_deref()),
                upper: self.optional_boxed(slice.upper.as_deref()),
                step: self.optional_boxed(slice.step.as_deref()),
            },
            py::Expr::StringLiteral(string) => ExprKind::Str(self.string(string.value.as_slice())),
            py::Expr::FString(string) => {
                let mut parts = Vec::new();
                for part in string.value.as_slice() {
                    match part {
                        py::FStringPart::Literal(literal) => self.text_part(self.plain(literal), &mut parts),
                        py::FStringPart::FString(string) => self.interpolated(&string.elements, string.flags.into(), &mut parts),
                    }
                }
                ExprKind::FString(parts)
            }
            py::Expr::TString(string) => {
                let mut parts = Vec::new();
                for part in string.value.as_slice() {
                    self.interpolated(&part.elements, part.flags.into(), &mut parts);
                }
                ExprKind::FString(parts)
            }
            py::Expr::BytesLiteral(_) => ExprKind::Bytes,
            py::Expr::NumberLiteral(number) => match &number.value {
                py::Number::Int(int) => ExprKind::Int(int.as_i64()),
                py::Number::Float(_) | py::Number::Complex { .. } => ExprKind::Float(self.slice(number.range).into()),
            },
            py::Expr::BooleanLiteral(literal) => ExprKind::Bool(literal.value),
            py::Expr::NoneLiteral(_) => ExprKind::None,
            py::Expr::EllipsisLiteral(_) => ExprKind::Ellipsis,
            py::Expr::List(list) => ExprKind::List(self.exprs(&list.elts)),
            py::Expr::Tuple(tuple) => ExprKind::Tuple(self.exprs(&tuple.elts)),
            py::Expr::Set(set) => ExprKind::Set(self.exprs(&set.elts)),
            py::Expr::Dict(dict) => {
                ExprKind::Dict(dict.items.iter().map(|item| (self.optional(item.key.as_ref()), self.expr(&item.value))).collect())
            }
            py::Expr::BinOp(binary) => {
                ExprKind::Binary { left: self.boxed(&binary.left), op: binary_op(binary.op), right: self.boxed(&binary.right) }
            }
            py::Expr::UnaryOp(unary) => ExprKind::Unary { op: unary_op(unary.op), operand: self.boxed(&unary.operand) },
            py::Expr::BoolOp(bool_op) => ExprKind::BoolOp {
                op: match bool_op.op {
                    py::BoolOp::And => BoolOp::And,
                    py::BoolOp::Or => BoolOp::Or,
                },
                operands: self.exprs(&bool_op.values),
            },
            py::Expr::Compare(compare) => ExprKind::Compare {
                left: self.boxed(&compare.left),
                ops: compare.ops.iter().map(|op| compare_op(*op)).collect(),
                comparators: self.exprs(&compare.comparators),
            },
            py::Expr::If(expr) => {
                ExprKind::IfExp { test: self.boxed(&expr.test), body: self.boxed(&expr.body), orelse: self.boxed(&expr.orelse) }
            }
            py::Expr::Lambda(lambda) => ExprKind::Lambda {
                params: match &lambda.parameters {
                    Some(parameters) => self.parameters(parameters),
                    None => Vec::new(),
                },
                body: self.boxed(&lambda.body),
            },
            py::Expr::ListComp(comp) => self.comprehension(ComprehensionKind::List, &comp.elt, None, &comp.generators),
            py::Expr::SetComp(comp) => self.comprehension(ComprehensionKind::Set, &comp.elt, None, &comp.generators),
            py::Expr::Generator(comp) => self.comprehension(ComprehensionKind::Generator, &comp.elt, None, &comp.generators),
            py::Expr::DictComp(comp) => match &comp.key {
                Some(key) => self.comprehension(ComprehensionKind::Dict, key, Some(&comp.value), &comp.generators),
                // PEP 798 (Python 3.15): `{**other for other in others}`.
                None => ExprKind::Unknown,
            },
            py::Expr::Starred(starred) => ExprKind::Starred(self.boxed(&starred.value)),
            py::Expr::Await(expr) => ExprKind::Await(self.boxed(&expr.value)),
            py::Expr::Yield(expr) => ExprKind::Yield(self.optional_boxed(expr.value.as_deref())),
            py::Expr::YieldFrom(expr) => ExprKind::YieldFrom(self.boxed(&expr.value)),
            py::Expr::Named(named) => match named.target.as_ref() {
                py::Expr::Name(target) => ExprKind::Named {
                    target: Identifier { name: self.name(target.range), span: span(target.range) },
                    value: self.boxed(&named.value),
                },
                _ => ExprKind::Unknown,
            },
            py::Expr::IpyEscapeCommand(_) => ExprKind::Unknown,
        }
    }

    fn comprehension(
        &mut self,
        kind: ComprehensionKind,
        element: &py::Expr,
        value: Option<&py::Expr>,
        clauses: &[py::Comprehension],
    ) -> ExprKind {
        ExprKind::Comprehension(Box::new(Comprehension {
            kind,
            element: self.expr(element),
            value: self.optional(value),
            clauses: clauses
                .iter()
                .map(|clause| ForClause {
                    target: self.expr(&clause.target),
                    iter: self.expr(&clause.iter),
                    conditions: self.exprs(&clause.ifs),
                })
                .collect(),
        }))
    }

    pub(super) fn positional(&mut self, arg: &py::Expr, callee: &str) -> Argument {
        match arg {
            py::Expr::Starred(starred) => Argument { name: None, kind: ArgumentKind::Star, value: self.expr(&starred.value) },
            _ => Argument { name: None, kind: ArgumentKind::Positional, value: self.argument_value(arg, callee) },
        }
    }

    pub(super) fn keyword(&mut self, keyword: &py::Keyword, callee: &str) -> Argument {
        match &keyword.arg {
            Some(name) => Argument {
                name: Some(self.identifier(name)),
                kind: ArgumentKind::Keyword,
                value: self.argument_value(&keyword.value, callee),
            },
            None => Argument { name: None, kind: ArgumentKind::DoubleStar, value: self.expr(&keyword.value) },
        }
    }

    fn argument_value(&mut self, value: &py::Expr, callee: &str) -> Expr {
        let range = value.range();
        match self.dialect.hides(callee, range.len().to_usize()) && is_literal(value) {
            true => Expr { span: span(range), kind: ExprKind::Opaque },
            false => self.expr(value),
        }
    }

    /// Adjacent literals are one value.
    fn string(&self, parts: &[py::StringLiteral]) -> StringLiteral {
        match parts {
            [part] => self.plain(part),
            _ => {
                let mut value = String::with_capacity(parts.iter().map(|part| part.value.len()).sum());
                for part in parts {
                    value.push_str(&self.plain(part).value);
                }
                StringLiteral { value: value.into_boxed_str(), content: None }
            }
        }
    }

    fn plain(&self, part: &py::StringLiteral) -> StringLiteral {
        self.literal(&part.value, part.content_range(), || Prefix {
            raw: py::AnyStringFlags::from(part.flags).is_raw_string(),
            ..Prefix::default()
        })
    }

    fn literal(&self, value: &str, content: TextRange, prefix: impl FnOnce() -> Prefix) -> StringLiteral {
        let raw = self.slice(content);
        if memchr(b'\r', raw.as_bytes()).is_some() {
            // ruff leaves line ends as they are.
            return StringLiteral { value: decode(raw, prefix()).into(), content: None };
        }
        StringLiteral { value: value.into(), content: (raw == value).then(|| span(content)) }
    }

    fn text_part(&self, literal: StringLiteral, parts: &mut Vec<FStringPart>) {
        if !literal.value.is_empty() {
            parts.push(FStringPart::Text(literal));
        }
    }

    /// The text and the expressions of an f-string; those in a format specification follow the one that they format.
    fn interpolated(&mut self, elements: &py::InterpolatedStringElements, flags: py::AnyStringFlags, parts: &mut Vec<FStringPart>) {
        for element in elements {
            match element {
                py::InterpolatedStringElement::Literal(text) => {
                    let prefix = || Prefix { raw: flags.is_raw_string(), interpolated: true, ..Prefix::default() };
                    self.text_part(self.literal(&text.value, text.range, prefix), parts);
                }
                py::InterpolatedStringElement::Interpolation(interpolation) => self.interpolation(interpolation, parts),
            }
        }
    }

    fn interpolation(&mut self, interpolation: &py::InterpolatedElement, parts: &mut Vec<FStringPart>) {
        parts.push(FStringPart::Expr(self.expr(&interpolation.expression)));
        for element in interpolation.format_spec.iter().flat_map(|spec| &spec.elements) {
            if let py::InterpolatedStringElement::Interpolation(inner) = element
                && self.depth < MAX_DEPTH
            {
                self.depth += 1;
                self.interpolation(inner, parts);
                self.depth -= 1;
            }
        }
    }
}

/// The last name of what is called: `CharField` of `models.CharField`.
fn last_name(func: &py::Expr) -> &str {
    match func {
        py::Expr::Name(name) => name.id.as_str(),
        py::Expr::Attribute(attribute) => attribute.attr.id.as_str(),
        _ => "",
    }
}

/// Whether it is a display or a string, or a sum of them: see `Dialect::hides`.
fn is_literal(mut expr: &py::Expr) -> bool {
    loop {
        match expr {
            py::Expr::List(_)
            | py::Expr::Tuple(_)
            | py::Expr::Dict(_)
            | py::Expr::Set(_)
            | py::Expr::StringLiteral(_)
            | py::Expr::FString(_)
            | py::Expr::TString(_)
            | py::Expr::BytesLiteral(_) => return true,
            py::Expr::BinOp(binary) if binary.op == py::Operator::Add => expr = &binary.right,
            _ => return false,
        }
    }
}

pub(super) fn binary_op(op: py::Operator) -> BinaryOp {
    match op {
        py::Operator::Add => BinaryOp::Add,
        py::Operator::Sub => BinaryOp::Sub,
        py::Operator::Mult => BinaryOp::Mult,
        py::Operator::MatMult => BinaryOp::MatMult,
        py::Operator::Div => BinaryOp::Div,
        py::Operator::Mod => BinaryOp::Mod,
        py::Operator::Pow => BinaryOp::Pow,
        py::Operator::LShift => BinaryOp::LShift,
        py::Operator::RShift => BinaryOp::RShift,
        py::Operator::BitOr => BinaryOp::BitOr,
        py::Operator::BitXor => BinaryOp::BitXor,
        py::Operator::BitAnd => BinaryOp::BitAnd,
        py::Operator::FloorDiv => BinaryOp::FloorDiv,
    }
}

fn unary_op(op: py::UnaryOp) -> UnaryOp {
    match op {
        py::UnaryOp::Not => UnaryOp::Not,
        py::UnaryOp::USub => UnaryOp::Minus,
        py::UnaryOp::UAdd => UnaryOp::Plus,
        py::UnaryOp::Invert => UnaryOp::Invert,
    }
}

fn compare_op(op: py::CmpOp) -> CompareOp {
    match op {
        py::CmpOp::Eq => CompareOp::Eq,
        py::CmpOp::NotEq => CompareOp::NotEq,
        py::CmpOp::Lt => CompareOp::Lt,
        py::CmpOp::LtE => CompareOp::LtE,
        py::CmpOp::Gt => CompareOp::Gt,
        py::CmpOp::GtE => CompareOp::GtE,
        py::CmpOp::Is => CompareOp::Is,
        py::CmpOp::IsNot => CompareOp::IsNot,
        py::CmpOp::In => CompareOp::In,
        py::CmpOp::NotIn => CompareOp::NotIn,
    }
}
