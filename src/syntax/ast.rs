//! The one Python tree that everything above `syntax/` sees.
//!
//! Two parsers fill it: tree-sitter (open documents) and ruff's (closed files and git blobs). It holds the statements and
//! expressions that Django code is judged by, with byte spans; whatever else Python has is `Unknown`, never dropped silently.
//! Both parsers must give the same tree for every error-free file (`tests/parsers.rs`).

use smol_str::SmolStr;

/// An identifier, or a dotted path of identifiers, as it stands in the text (Python would apply NFKC to it).
pub type Name = SmolStr;

/// A half-open range of byte offsets in the file's text (after a byte order mark was stripped: see `syntax::source`).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Span {
    pub start: u32,
    pub end: u32,
}

impl Span {
    pub fn new(start: usize, end: usize) -> Self {
        // Files above 4 GiB are refused by `workspace`, so the offsets fit.
        Self { start: start as u32, end: end as u32 }
    }

    pub fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }

    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start) as usize
    }

    pub fn is_empty(self) -> bool {
        self.end <= self.start
    }

    pub fn contains(self, offset: u32) -> bool {
        self.start <= offset && offset < self.end
    }

    pub fn encloses(self, other: Span) -> bool {
        self.start <= other.start && other.end <= self.end
    }
}

impl std::fmt::Debug for Span {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Identifier {
    pub name: Name,
    pub span: Span,
}

/// A parsed file.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Module {
    pub body: Vec<Stmt>,
    /// Where the text is not Python; empty for an error-free file. Never compared between the parsers.
    pub errors: Vec<Span>,
    /// The comments that start with `# preboot:`, from the `#` to the end of the line.
    pub pragmas: Vec<Span>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Stmt {
    pub span: Span,
    pub kind: StmtKind,
}

#[derive(Clone, PartialEq, Debug)]
pub enum StmtKind {
    Class(Box<ClassDef>),
    Function(Box<FunctionDef>),
    /// `a = b = value`: two targets.
    Assign {
        targets: Vec<Expr>,
        value: Expr,
    },
    AugAssign {
        target: Expr,
        op: BinaryOp,
        value: Expr,
    },
    AnnAssign {
        target: Expr,
        annotation: Expr,
        value: Option<Expr>,
    },
    Expr(Expr),
    Return(Option<Expr>),
    Delete(Vec<Expr>),
    Raise {
        exc: Option<Expr>,
        cause: Option<Expr>,
    },
    Assert {
        test: Expr,
        msg: Option<Expr>,
    },
    /// `elif` is an `If` alone in `orelse`.
    If {
        test: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    For {
        target: Expr,
        iter: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    While {
        test: Expr,
        body: Vec<Stmt>,
        orelse: Vec<Stmt>,
    },
    With {
        items: Vec<WithItem>,
        body: Vec<Stmt>,
    },
    Try {
        body: Vec<Stmt>,
        handlers: Vec<ExceptHandler>,
        orelse: Vec<Stmt>,
        finalbody: Vec<Stmt>,
    },
    Match {
        subject: Expr,
        cases: Vec<MatchCase>,
    },
    Import(Vec<Alias>),
    /// `from ..a.b import c as d, *`: level 2, module `a.b`; a star is an alias named `*`.
    ImportFrom {
        level: u32,
        module: Option<Identifier>,
        names: Vec<Alias>,
    },
    Global(Vec<Identifier>),
    Nonlocal(Vec<Identifier>),
    TypeAlias {
        name: Expr,
        value: Expr,
    },
    Pass,
    Break,
    Continue,
    /// A statement that could not be parsed.
    Unknown,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ClassDef {
    pub name: Identifier,
    pub decorators: Vec<Expr>,
    /// Bases, then keywords such as `metaclass=`.
    pub args: Vec<Argument>,
    pub body: Vec<Stmt>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct FunctionDef {
    pub name: Identifier,
    pub decorators: Vec<Expr>,
    pub params: Vec<Parameter>,
    pub returns: Option<Expr>,
    pub body: Vec<Stmt>,
    pub is_async: bool,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Parameter {
    pub name: Identifier,
    pub kind: ParameterKind,
    pub annotation: Option<Expr>,
    pub default: Option<Expr>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParameterKind {
    PositionalOnly,
    Regular,
    VarArgs,
    KeywordOnly,
    KwArgs,
}

#[derive(Clone, PartialEq, Debug)]
pub struct WithItem {
    pub context: Expr,
    pub target: Option<Expr>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ExceptHandler {
    pub span: Span,
    pub types: Option<Expr>,
    pub name: Option<Identifier>,
    pub body: Vec<Stmt>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct MatchCase {
    pub pattern: Pattern,
    pub guard: Option<Expr>,
    pub body: Vec<Stmt>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Pattern {
    pub span: Span,
    pub kind: PatternKind,
}

#[derive(Clone, PartialEq, Debug)]
pub enum PatternKind {
    /// `1`, `"x"`, `None`, `Color.RED`.
    Value(Expr),
    /// `x`, `*x`, `**x`, `_` (the wildcard captures nothing: `None`).
    Capture(Option<Identifier>),
    /// `pattern as name`.
    As(Box<Pattern>, Identifier),
    Or(Vec<Pattern>),
    Sequence(Vec<Pattern>),
    Mapping(Vec<(Expr, Pattern)>, Option<Identifier>),
    Class {
        class: Expr,
        args: Vec<Pattern>,
        kwargs: Vec<(Identifier, Pattern)>,
    },
    Unknown,
}

/// `name as asname`; for `import a.b.c` the name is the whole path.
#[derive(Clone, PartialEq, Debug)]
pub struct Alias {
    pub name: Identifier,
    pub asname: Option<Identifier>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Expr {
    /// Without the parentheses around it.
    pub span: Span,
    pub kind: ExprKind,
}

#[derive(Clone, PartialEq, Debug)]
pub enum ExprKind {
    Name(Name),
    Attribute {
        value: Box<Expr>,
        attr: Identifier,
    },
    Call {
        func: Box<Expr>,
        args: Vec<Argument>,
    },
    Subscript {
        value: Box<Expr>,
        index: Box<Expr>,
    },
    Slice {
        lower: Option<Box<Expr>>,
        upper: Option<Box<Expr>>,
        step: Option<Box<Expr>>,
    },
    Str(StringLiteral),
    /// f-strings and t-strings, alone or concatenated with plain strings.
    FString(Vec<FStringPart>),
    /// Bytes literals: their value is of no interest.
    Bytes,
    /// `None` where the literal does not fit.
    Int(Option<i64>),
    /// Floats and complex numbers, as they stand in the text.
    Float(Box<str>),
    Bool(bool),
    None,
    Ellipsis,
    List(Vec<Expr>),
    Tuple(Vec<Expr>),
    Set(Vec<Expr>),
    /// `**other` has no key.
    Dict(Vec<(Option<Expr>, Expr)>),
    Binary {
        left: Box<Expr>,
        op: BinaryOp,
        right: Box<Expr>,
    },
    Unary {
        op: UnaryOp,
        operand: Box<Expr>,
    },
    /// `and` / `or`; operands of the same operator in a row are one node.
    BoolOp {
        op: BoolOp,
        operands: Vec<Expr>,
    },
    /// `a < b <= c` has two comparators.
    Compare {
        left: Box<Expr>,
        ops: Vec<CompareOp>,
        comparators: Vec<Expr>,
    },
    IfExp {
        test: Box<Expr>,
        body: Box<Expr>,
        orelse: Box<Expr>,
    },
    Lambda {
        params: Vec<Parameter>,
        body: Box<Expr>,
    },
    Comprehension(Box<Comprehension>),
    Starred(Box<Expr>),
    Await(Box<Expr>),
    Yield(Option<Box<Expr>>),
    YieldFrom(Box<Expr>),
    /// `target := value`.
    Named {
        target: Identifier,
        value: Box<Expr>,
    },
    /// An argument of a migration's field that is too long to matter (`dialect::OPAQUE_BYTES`): parsed, not lowered.
    Opaque,
    /// An expression that could not be parsed, or that is of no interest.
    Unknown,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Comprehension {
    pub kind: ComprehensionKind,
    pub element: Expr,
    /// The value of a dict comprehension, whose `element` is the key.
    pub value: Option<Expr>,
    pub clauses: Vec<ForClause>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ComprehensionKind {
    List,
    Set,
    Dict,
    Generator,
}

#[derive(Clone, PartialEq, Debug)]
pub struct ForClause {
    pub target: Expr,
    pub iter: Expr,
    pub conditions: Vec<Expr>,
}

#[derive(Clone, PartialEq, Debug)]
pub struct Argument {
    /// The keyword's name; `None` for a positional argument.
    pub name: Option<Identifier>,
    pub kind: ArgumentKind,
    pub value: Expr,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgumentKind {
    Positional,
    Keyword,
    /// `*args`
    Star,
    /// `**kwargs`
    DoubleStar,
}

#[derive(Clone, PartialEq, Debug)]
pub struct StringLiteral {
    /// The decoded value, implicit concatenation joined. Line ends are `\n`, surrogates U+FFFD.
    pub value: Box<str>,
    /// The text between the quotes, where byte `i` of `value` is byte `content.start + i` of the file
    /// (one part, no escapes, no `\r`); else `None`.
    pub content: Option<Span>,
}

#[derive(Clone, PartialEq, Debug)]
pub enum FStringPart {
    /// Decoded text, and the span it stands at (see `StringLiteral::content`).
    Text(StringLiteral),
    /// What stands between braces; the format specification's own expressions follow as parts of their own.
    Expr(Expr),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    Add,
    Sub,
    Mult,
    MatMult,
    Div,
    Mod,
    Pow,
    LShift,
    RShift,
    BitOr,
    BitXor,
    BitAnd,
    FloorDiv,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnaryOp {
    Not,
    Minus,
    Plus,
    Invert,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BoolOp {
    And,
    Or,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompareOp {
    Eq,
    NotEq,
    Lt,
    LtE,
    Gt,
    GtE,
    Is,
    IsNot,
    In,
    NotIn,
}

impl StmtKind {
    /// The statement that a compound statement ends with.
    pub fn last_stmt(&self) -> Option<&Stmt> {
        match self {
            Self::Class(class) => class.body.last(),
            Self::Function(function) => function.body.last(),
            Self::If { body, orelse, .. } | Self::For { body, orelse, .. } | Self::While { body, orelse, .. } => {
                orelse.last().or(body.last())
            }
            Self::With { body, .. } => body.last(),
            Self::Try { body, handlers, orelse, finalbody } => {
                finalbody.last().or(orelse.last()).or(handlers.last().and_then(|handler| handler.body.last())).or(body.last())
            }
            Self::Match { cases, .. } => cases.last().and_then(|case| case.body.last()),
            _ => None,
        }
    }
}

impl Expr {
    /// `a.b.c` as a dotted path; `None` for anything else.
    pub fn dotted(&self) -> Option<Name> {
        match &self.kind {
            ExprKind::Name(name) => Some(name.clone()),
            ExprKind::Attribute { value, attr } => {
                let prefix = value.dotted()?;
                Some(Name::from(format!("{prefix}.{}", attr.name)))
            }
            _ => None,
        }
    }

    /// The value of a plain string literal.
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ExprKind::Str(literal) => Some(&literal.value),
            _ => None,
        }
    }
}
