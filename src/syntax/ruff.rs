//! ruff's tree into ours: statements. `ruff/expr.rs` and `ruff/pattern.rs` do the rest.

mod expr;
mod pattern;

use ruff_python_ast as py;
use ruff_text_size::{Ranged, TextRange};
use smol_str::SmolStr;

use super::ast::{
    Alias, Argument, ClassDef, ExceptHandler, Expr, FunctionDef, Identifier, MatchCase, Name, Parameter, ParameterKind, Span, Stmt,
    StmtKind, WithItem,
};
use super::dialect::{Dialect, MAX_DEPTH};

/// The statements of a file.
pub(super) fn lower(body: &[py::Stmt], text: &str, dialect: Dialect) -> Vec<Stmt> {
    Lowering { text, dialect, depth: 0 }.body(body)
}

pub(super) fn span(range: TextRange) -> Span {
    Span { start: range.start().into(), end: range.end().into() }
}

struct Lowering<'a> {
    text: &'a str,
    dialect: Dialect,
    /// How many nodes enclose the one that is being lowered: see `MAX_DEPTH`.
    depth: u32,
}

impl Lowering<'_> {
    fn body(&mut self, body: &[py::Stmt]) -> Vec<Stmt> {
        body.iter().map(|stmt| self.stmt(stmt)).collect()
    }

    fn stmt(&mut self, stmt: &py::Stmt) -> Stmt {
        let kind = if self.depth >= MAX_DEPTH {
            StmtKind::Unknown
        } else {
            self.depth += 1;
            let kind = self.stmt_kind(stmt);
            self.depth -= 1;
            kind
        };
        Stmt { span: span(stmt.range()), kind }
    }

    fn stmt_kind(&mut self, stmt: &py::Stmt) -> StmtKind {
        match stmt {
            py::Stmt::ClassDef(class) => StmtKind::Class(Box::new(self.class(class))),
            py::Stmt::FunctionDef(function) => StmtKind::Function(Box::new(self.function(function))),
            py::Stmt::Assign(assign) => StmtKind::Assign { targets: self.exprs(&assign.targets), value: self.expr(&assign.value) },
            py::Stmt::AugAssign(assign) => {
                StmtKind::AugAssign { target: self.expr(&assign.target), op: expr::binary_op(assign.op), value: self.expr(&assign.value) }
            }
            py::Stmt::AnnAssign(assign) => StmtKind::AnnAssign {
                target: self.expr(&assign.target),
                annotation: self.expr(&assign.annotation),
                value: self.optional(assign.value.as_deref()),
            },
            py::Stmt::Expr(stmt) => StmtKind::Expr(self.expr(&stmt.value)),
            py::Stmt::Return(stmt) => StmtKind::Return(self.optional(stmt.value.as_deref())),
            py::Stmt::Delete(stmt) => StmtKind::Delete(self.exprs(&stmt.targets)),
            py::Stmt::Raise(stmt) => {
                StmtKind::Raise { exc: self.optional(stmt.exc.as_deref()), cause: self.optional(stmt.cause.as_deref()) }
            }
            py::Stmt::Assert(stmt) => StmtKind::Assert { test: self.expr(&stmt.test), msg: self.optional(stmt.msg.as_deref()) },
            py::Stmt::If(stmt) => self.if_stmt(stmt),
            py::Stmt::For(stmt) => StmtKind::For {
                target: self.expr(&stmt.target),
                iter: self.expr(&stmt.iter),
                body: self.body(&stmt.body),
                orelse: self.body(&stmt.orelse),
            },
            py::Stmt::While(stmt) => {
                StmtKind::While { test: self.expr(&stmt.test), body: self.body(&stmt.body), orelse: self.body(&stmt.orelse) }
            }
            py::Stmt::With(stmt) => StmtKind::With {
                items: stmt
                    .items
                    .iter()
                    .map(|item| WithItem { context: self.expr(&item.context_expr), target: self.optional(item.optional_vars.as_deref()) })
                    .collect(),
                body: self.body(&stmt.body),
            },
            py::Stmt::Try(stmt) => StmtKind::Try {
                body: self.body(&stmt.body),
                handlers: stmt.handlers.iter().map(|handler| self.handler(handler)).collect(),
                orelse: self.body(&stmt.orelse),
                finalbody: self.body(&stmt.finalbody),
            },
            py::Stmt::Match(stmt) => StmtKind::Match {
                subject: self.expr(&stmt.subject),
                cases: stmt
                    .cases
                    .iter()
                    .map(|case| MatchCase {
                        pattern: self.pattern(&case.pattern),
                        guard: self.optional(case.guard.as_deref()),
                        body: self.body(&case.body),
                    })
                    .collect(),
            },
            py::Stmt::Import(stmt) => StmtKind::Import(self.aliases(&stmt.names)),
            py::Stmt::ImportFrom(stmt) => StmtKind::ImportFrom {
                level: stmt.level,
                module: stmt.module.as_ref().map(|module| self.path(module)),
                names: self.aliases(&stmt.names),
            },
            py::Stmt::Global(stmt) => StmtKind::Global(self.identifiers(&stmt.names)),
            py::Stmt::Nonlocal(stmt) => StmtKind::Nonlocal(self.identifiers(&stmt.names)),
            py::Stmt::TypeAlias(stmt) => StmtKind::TypeAlias { name: self.expr(&stmt.name), value: self.expr(&stmt.value) },
            py::Stmt::Pass(_) => StmtKind::Pass,
            py::Stmt::Break(_) => StmtKind::Break,
            py::Stmt::Continue(_) => StmtKind::Continue,
            py::Stmt::IpyEscapeCommand(_) => StmtKind::Unknown,
        }
    }

    fn class(&mut self, class: &py::StmtClassDef) -> ClassDef {
        ClassDef {
            name: self.identifier(&class.name),
            decorators: self.decorators(&class.decorator_list),
            args: match &class.arguments {
                Some(arguments) => self.arguments(arguments, ""),
                None => Vec::new(),
            },
            body: self.body(&class.body),
        }
    }

    fn function(&mut self, function: &py::StmtFunctionDef) -> FunctionDef {
        FunctionDef {
            name: self.identifier(&function.name),
            decorators: self.decorators(&function.decorator_list),
            params: self.parameters(&function.parameters),
            returns: self.optional(function.returns.as_deref()),
            body: self.body(&function.body),
            is_async: function.is_async,
        }
    }

    fn decorators(&mut self, decorators: &[py::Decorator]) -> Vec<Expr> {
        decorators.iter().map(|decorator| self.expr(&decorator.expression)).collect()
    }

    fn parameters(&mut self, parameters: &py::Parameters) -> Vec<Parameter> {
        let mut params = Vec::with_capacity(parameters.len());
        for param in &parameters.posonlyargs {
            params.push(self.parameter(&param.parameter, ParameterKind::PositionalOnly, param.default.as_deref()));
        }
        for param in &parameters.args {
            params.push(self.parameter(&param.parameter, ParameterKind::Regular, param.default.as_deref()));
        }
        if let Some(param) = &parameters.vararg {
            params.push(self.parameter(param, ParameterKind::VarArgs, None));
        }
        for param in &parameters.kwonlyargs {
            params.push(self.parameter(&param.parameter, ParameterKind::KeywordOnly, param.default.as_deref()));
        }
        if let Some(param) = &parameters.kwarg {
            params.push(self.parameter(param, ParameterKind::KwArgs, None));
        }
        params
    }

    fn parameter(&mut self, param: &py::Parameter, kind: ParameterKind, default: Option<&py::Expr>) -> Parameter {
        Parameter {
            name: self.identifier(&param.name),
            kind,
            annotation: self.optional(param.annotation.as_deref()),
            default: self.optional(default),
        }
    }

    /// `elif` clauses are nested from the last one outwards; each counts as a level, but costs no recursion here.
    fn if_stmt(&mut self, stmt: &py::StmtIf) -> StmtKind {
        let outer = self.depth;
        let clauses = &stmt.elif_else_clauses;
        let room = (MAX_DEPTH - outer) as usize;
        let mut orelse = match clauses.get(room) {
            Some(clause) => vec![Stmt { span: span(TextRange::new(clause.start(), stmt.end())), kind: StmtKind::Unknown }],
            None => Vec::new(),
        };
        for (level, clause) in (outer..MAX_DEPTH).zip(clauses).rev() {
            self.depth = level;
            match &clause.test {
                None => orelse = self.body(&clause.body),
                Some(test) => {
                    self.depth += 1;
                    let kind = StmtKind::If { test: self.expr(test), body: self.body(&clause.body), orelse };
                    orelse = vec![Stmt { span: span(TextRange::new(clause.start(), stmt.end())), kind }];
                }
            }
        }
        self.depth = outer;
        StmtKind::If { test: self.expr(&stmt.test), body: self.body(&stmt.body), orelse }
    }

    fn handler(&mut self, handler: &py::ExceptHandler) -> ExceptHandler {
        let py::ExceptHandler::ExceptHandler(handler) = handler;
        ExceptHandler {
            span: span(handler.range),
            types: self.optional(handler.type_.as_deref()),
            name: handler.name.as_ref().map(|name| self.identifier(name)),
            body: self.body(&handler.body),
        }
    }

    fn aliases(&mut self, aliases: &[py::Alias]) -> Vec<Alias> {
        aliases
            .iter()
            .map(|alias| Alias { name: self.path(&alias.name), asname: alias.asname.as_ref().map(|name| self.identifier(name)) })
            .collect()
    }

    fn identifiers(&self, names: &[py::Identifier]) -> Vec<Identifier> {
        names.iter().map(|name| self.identifier(name)).collect()
    }

    /// The name as it stands in the text: ruff applies NFKC, tree-sitter does not.
    fn identifier(&self, identifier: &py::Identifier) -> Identifier {
        Identifier { name: self.name(identifier.range), span: span(identifier.range) }
    }

    /// A dotted path, which may have blanks and line continuations around its dots.
    fn path(&self, identifier: &py::Identifier) -> Identifier {
        let text = self.slice(identifier.range);
        let name = match text.bytes().any(|byte| byte.is_ascii_whitespace() || byte == b'\\') {
            true => SmolStr::new(identifier.id.as_str()),
            false => SmolStr::new(text),
        };
        Identifier { name, span: span(identifier.range) }
    }

    fn name(&self, range: TextRange) -> Name {
        SmolStr::new(self.slice(range))
    }

    fn slice(&self, range: TextRange) -> &str {
        self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or_default()
    }

    fn exprs(&mut self, exprs: &[py::Expr]) -> Vec<Expr> {
        exprs.iter().map(|expr| self.expr(expr)).collect()
    }

    fn optional(&mut self, expr: Option<&py::Expr>) -> Option<Expr> {
        expr.map(|expr| self.expr(expr))
    }

    fn boxed(&mut self, expr: &py::Expr) -> Box<Expr> {
        Box::new(self.expr(expr))
    }

    fn optional_boxed(&mut self, expr: Option<&py::Expr>) -> Option<Box<Expr>> {
        expr.map(|expr| self.boxed(expr))
    }

    /// The arguments of a class or of a call, in the order of the text. `callee` is the last name of what is called.
    fn arguments(&mut self, arguments: &py::Arguments, callee: &str) -> Vec<Argument> {
        let mut lowered = Vec::with_capacity(arguments.len());
        let mut keywords = arguments.keywords.iter().peekable();
        for arg in &arguments.args {
            // `*args` may follow keywords.
            while let Some(keyword) = keywords.next_if(|keyword| keyword.start() < arg.start()) {
                lowered.push(self.keyword(keyword, callee));
            }
            lowered.push(self.positional(arg, callee));
        }
        lowered.extend(keywords.map(|keyword| self.keyword(keyword, callee)));
        lowered
    }
}
