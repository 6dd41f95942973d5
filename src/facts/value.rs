//! What an expression of a migration or a class body evaluates to, as far as its file alone tells.

use crate::syntax::ast::{BinaryOp, BoolOp, CompareOp, ComprehensionKind, Name, Span};
use std::sync::Arc;

/// A statically evaluated expression and where it stands. Two are equal where they evaluate to the same, wherever they stand.
#[derive(Clone, Debug)]
pub struct Value {
    pub span: Span,
    pub kind: ValueKind,
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

#[derive(Clone, PartialEq, Debug)]
pub enum ValueKind {
    None,
    Bool(bool),
    Int(i64),
    /// As it stands in the text.
    Float(Box<str>),
    Str(Arc<str>),
    List(Vec<Value>),
    Tuple(Vec<Value>),
    Set(Vec<Value>),
    /// `**other` has no key.
    Dict(Vec<(Option<Value>, Value)>),
    /// `*items` inside a list, tuple or call.
    Starred(Box<Value>),
    /// A name that the file does not evaluate itself.
    Ref(Path),
    Call(Arc<Call>),
    /// An operator whose operands are not all known here (`base + [...]` with an imported `base`, `CASE_A | CASE_B`).
    Binary {
        left: Box<Value>,
        op: BinaryOp,
        right: Box<Value>,
    },
    /// `a == b`, undecided; a chain of comparisons is a `Logic` of them.
    Compare {
        left: Box<Value>,
        op: CompareOp,
        right: Box<Value>,
    },
    /// `a and b`, undecided.
    Logic {
        op: BoolOp,
        operands: Vec<Value>,
    },
    /// `not a`, undecided.
    Not(Box<Value>),
    /// `~Q(…)`, undecided.
    Invert(Box<Value>),
    /// `body if test else orelse`, or a name that an `if` statement binds in both branches, where the test is undecided.
    Conditional {
        test: Box<Value>,
        body: Box<Value>,
        orelse: Box<Value>,
    },
    /// An f-string whose parts are not all known.
    Format(Vec<Value>),
    /// A comprehension (or a loop that appends to a list) over something that is not known.
    Comprehension(Box<Comprehension>),
    /// A parameter of the function that is evaluated (`Function::returns`), or a variable of a comprehension (`name@offset`).
    Param(Name),
    /// `value[index]`, where it can't be looked up.
    Subscript {
        value: Box<Value>,
        index: Box<Value>,
    },
    /// `value.attr` where the value is not a name: `apps.get_model("a", "B").objects`.
    Attribute {
        value: Box<Value>,
        attr: Name,
    },
    /// Whatever is not evaluated: lambdas, bytes, opaque arguments, names that are bound in several ways.
    Unknown,
}

/// `[element for target in iter if condition]`. Its variables are `ValueKind::Param`s, whose names no other comprehension has.
#[derive(Clone, PartialEq, Debug)]
pub struct Comprehension {
    pub kind: ComprehensionKind,
    pub element: Value,
    /// The value of a dict comprehension, whose `element` is the key.
    pub value: Option<Value>,
    pub clauses: Vec<Clause>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Clause {
    pub target: Target,
    pub iter: Value,
    pub conditions: Vec<Value>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    Name(Name),
    Tuple(Vec<Target>),
    /// `a.b`, `a[0]`, `*rest`.
    Other,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Call {
    pub func: Value,
    pub args: Vec<Value>,
    /// `**kwargs` has no name.
    pub kwargs: Vec<(Option<Name>, Value)>,
}

/// A dotted name, with its first part replaced by what the file's imports say.
///
/// Four forms, told apart by the first character, so that facts do not depend on the file's place:
/// - `django.db.models.CharField`: absolute (`builtins.dict` for what Python itself defines);
/// - `.constants.MAX`, `..models.Book`: relative to the package that holds the file (one dot), its parent (two), …;
/// - `:helper`, `:Base.Meta`: defined in this file at module level (or not defined at all);
/// - `*INSTALLED_APPS`: not defined in this file before its use, which a `from x import *` may have.
#[derive(Clone, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Path(pub Name);

impl Path {
    /// The part after the last dot: `CharField`.
    pub fn last(&self) -> &str {
        self.0.rsplit(['.', ':', '*']).next().unwrap_or_default()
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_local(&self) -> bool {
        self.0.starts_with(':')
    }

    pub fn join(&self, attr: &str) -> Path {
        if self.0.ends_with('.') { Path(format!("{}{attr}", self.0).into()) } else { Path(format!("{}.{attr}", self.0).into()) }
    }
}

impl Default for Value {
    fn default() -> Self {
        Self::unknown(Span::default())
    }
}

impl Value {
    pub fn new(span: Span, kind: ValueKind) -> Self {
        Self { span, kind }
    }

    pub fn unknown(span: Span) -> Self {
        Self { span, kind: ValueKind::Unknown }
    }

    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Str(text) => Some(text),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            ValueKind::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self.kind {
            ValueKind::Int(value) => Some(value),
            _ => None,
        }
    }

    pub fn is_none(&self) -> bool {
        matches!(self.kind, ValueKind::None)
    }

    /// The elements of a list, tuple or set.
    pub fn items(&self) -> Option<&[Value]> {
        match &self.kind {
            ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) => Some(items),
            _ => None,
        }
    }

    /// What a dictionary has under `key`; `None` also where something unknown (`**other`) may have replaced it.
    pub fn entry(&self, key: &str) -> Option<&Value> {
        let ValueKind::Dict(entries) = &self.kind else { return None };
        for (candidate, value) in entries.iter().rev() {
            if candidate.as_ref()?.as_str()? == key {
                return Some(value);
            }
        }
        None
    }

    pub fn as_call(&self) -> Option<&Call> {
        match &self.kind {
            ValueKind::Call(call) => Some(call),
            _ => None,
        }
    }

    pub fn as_path(&self) -> Option<&Path> {
        match &self.kind {
            ValueKind::Ref(path) => Some(path),
            _ => None,
        }
    }

    /// Calls `visit` for each value that this one is made of, in the order of the text.
    pub fn children<'a>(&'a self, visit: &mut dyn FnMut(&'a Value)) {
        match &self.kind {
            ValueKind::List(items) | ValueKind::Tuple(items) | ValueKind::Set(items) | ValueKind::Format(items) => {
                items.iter().for_each(visit);
            }
            ValueKind::Dict(entries) => {
                for (key, value) in entries {
                    if let Some(key) = key {
                        visit(key);
                    }
                    visit(value);
                }
            }
            ValueKind::Starred(inner) | ValueKind::Not(inner) | ValueKind::Invert(inner) | ValueKind::Attribute { value: inner, .. } => {
                visit(inner)
            }
            ValueKind::Call(call) => {
                visit(&call.func);
                call.args.iter().for_each(&mut *visit);
                call.kwargs.iter().for_each(|(_, value)| visit(value));
            }
            ValueKind::Binary { left, right, .. } | ValueKind::Compare { left, right, .. } => {
                visit(left);
                visit(right);
            }
            ValueKind::Logic { operands, .. } => operands.iter().for_each(visit),
            ValueKind::Conditional { test, body, orelse } => {
                visit(test);
                visit(body);
                visit(orelse);
            }
            ValueKind::Comprehension(comprehension) => {
                visit(&comprehension.element);
                if let Some(value) = &comprehension.value {
                    visit(value);
                }
                for clause in &comprehension.clauses {
                    visit(&clause.iter);
                    clause.conditions.iter().for_each(&mut *visit);
                }
            }
            ValueKind::Subscript { value, index } => {
                visit(value);
                visit(index);
            }
            ValueKind::None
            | ValueKind::Bool(_)
            | ValueKind::Int(_)
            | ValueKind::Float(_)
            | ValueKind::Str(_)
            | ValueKind::Ref(_)
            | ValueKind::Param(_)
            | ValueKind::Unknown => {}
        }
    }

    /// The value itself, unless it's made of more than `limit` values.
    pub(super) fn or_unknown_above(self, limit: u32) -> Self {
        if self.size(limit).is_some() { self } else { Self::unknown(self.span) }
    }

    /// How many values it is made of, itself included; `None` where there are more than `limit`.
    pub fn size(&self, limit: u32) -> Option<u32> {
        let mut left = limit.checked_sub(1);
        self.children(&mut |child| {
            left = left.and_then(|limit| child.size(limit).map(|size| limit - size));
        });
        left.map(|left| limit - left)
    }
}

impl Call {
    /// The path of what is called: `django.db.models.CharField`.
    pub fn path(&self) -> Option<&Path> {
        self.func.as_path()
    }

    pub fn kwarg(&self, name: &str) -> Option<&Value> {
        self.kwargs.iter().find(|(key, _)| key.as_deref() == Some(name)).map(|(_, value)| value)
    }

    /// A parameter given by position or by keyword, as Python binds it.
    pub fn arg(&self, position: usize, name: &str) -> Option<&Value> {
        let positional = &self.args[..self.args.len().min(position + 1)];
        if positional.iter().any(|arg| matches!(arg.kind, ValueKind::Starred(_))) {
            return self.kwarg(name);
        }
        self.args.get(position).or_else(|| self.kwarg(name))
    }

    /// Whether `*args` or `**kwargs` may hold arguments that are not seen here.
    pub fn is_open(&self) -> bool {
        self.kwargs.iter().any(|(key, _)| key.is_none()) || self.args.iter().any(|arg| matches!(arg.kind, ValueKind::Starred(_)))
    }
}
