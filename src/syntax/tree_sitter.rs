//! tree-sitter's tree into ours: statements. The files in `tree_sitter/` do the rest.
//!
//! It gives the tree that `ruff.rs` gives, for every text that both parsers find free of errors.

mod compound;
mod expr;
mod import;
mod kinds;
mod operator;
mod params;
mod pattern;
mod spine;
mod string;
mod types;

use std::ops::Range;

use ::tree_sitter::{Node, Tree, TreeCursor};
use memchr::memmem;
use smol_str::SmolStr;

use super::ast::{ClassDef, Expr, FunctionDef, Identifier, Module, Name, Span, Stmt, StmtKind};
use super::dialect::{Dialect, MAX_DEPTH};
use super::parse::PRAGMA;
pub use kinds::language;
use kinds::{Field, Kind, field, kind};
use spine::Spine;

/// The tree of a Python file, out of the tree that tree-sitter made of the same `text`.
pub fn lower(tree: &Tree, text: &str, dialect: Dialect) -> Module {
    let root = tree.root_node();
    let mut lowering =
        Lowering { text, dialect, depth: 0, cursor: root.walk(), scratch: Vec::with_capacity(64), spine: None, errors: errors(root) };
    let body = lowering.body(root);
    let mut errors = lowering.errors;
    errors.sort();
    Module { body, errors, pragmas: pragmas(root, text) }
}

fn errors(root: Node<'_>) -> Vec<Span> {
    let mut errors = Vec::new();
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            errors.push(span(node));
        } else if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return errors;
            }
        }
    }
}

fn pragmas(root: Node<'_>, text: &str) -> Vec<Span> {
    memmem::find_iter(text.as_bytes(), PRAGMA)
        .filter_map(|at| root.descendant_for_byte_range(at, at + 1).filter(|node| kind(*node) == Kind::Comment && node.start_byte() == at))
        .map(|comment| {
            // A comment's node takes in the `\r` of the line's end.
            let span = span(comment);
            let length = text.get(span.range()).map_or(0, |text| text.trim_end_matches('\r').len());
            Span::new(comment.start_byte(), comment.start_byte() + length)
        })
        .collect()
}

fn span(node: Node<'_>) -> Span {
    Span::new(node.start_byte(), node.end_byte())
}

/// A child of a node, with what is asked about it most.
#[derive(Clone, Copy)]
struct Child<'t> {
    node: Node<'t>,
    kind: Kind,
    field: Field,
}

struct Lowering<'t, 's> {
    text: &'s str,
    dialect: Dialect,
    /// How many nodes enclose the one that is being lowered: see `MAX_DEPTH`.
    depth: u32,
    /// Reset to each node in turn: making one allocates.
    cursor: TreeCursor<'t>,
    /// The children of the nodes that are being lowered, innermost last.
    scratch: Vec<Child<'t>>,
    /// Of the expression that is being lowered, if tree-sitter has its leftmost part in the wrong place.
    spine: Option<Spine<'t>>,
    /// What is no Python: what tree-sitter found, and what it lets pass.
    errors: Vec<Span>,
}

impl<'t> Lowering<'t, '_> {
    /// Puts the children, but for comments, on top of the scratch stack.
    fn push_children(&mut self, node: Node<'t>) -> Range<usize> {
        let start = self.scratch.len();
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                let node = self.cursor.node();
                let kind = kind(node);
                if !matches!(kind, Kind::Comment | Kind::LineContinuation) {
                    self.scratch.push(Child { node, kind, field: field(self.cursor.field_id()) });
                }
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        start..self.scratch.len()
    }

    fn pop_children(&mut self, children: &Range<usize>) {
        self.scratch.truncate(children.start);
    }

    /// Calls `visit` for every child but comments.
    fn each(&mut self, node: Node<'t>, mut visit: impl FnMut(&mut Self, Child<'t>)) {
        let children = self.push_children(node);
        for index in children.clone() {
            if let Some(child) = self.scratch.get(index).copied() {
                visit(self, child);
            }
        }
        self.pop_children(&children);
    }

    /// The statements of a module or a block.
    fn body(&mut self, block: Node<'t>) -> Vec<Stmt> {
        let children = self.push_children(block);
        let mut stmts = Vec::with_capacity(children.len());
        for index in children.clone() {
            if let Some(child) = self.scratch.get(index).copied()
                && child.node.is_named()
            {
                stmts.push(self.stmt(child.node, child.kind));
            }
        }
        self.pop_children(&children);
        if stmts.is_empty() && kind(block) == Kind::Block {
            // A header without a body, or with one whose indentation can't be told from what is around it.
            self.errors.push(span(block));
        }
        stmts
    }

    fn stmt(&mut self, node: Node<'t>, kind: Kind) -> Stmt {
        let lowered = if self.depth >= MAX_DEPTH {
            StmtKind::Unknown
        } else {
            self.depth += 1;
            let lowered = self.stmt_kind(node, kind);
            self.depth -= 1;
            lowered
        };
        // A block's node takes in what follows its last statement: comments, and the semicolon of `if x: pass;`.
        let span = span(node);
        let end = lowered.last_stmt().map_or(span.end, |stmt| stmt.span.end);
        Stmt { span: Span { start: span.start, end }, kind: lowered }
    }

    fn stmt_kind(&mut self, node: Node<'t>, kind: Kind) -> StmtKind {
        match kind {
            Kind::ClassDefinition => StmtKind::Class(Box::new(self.class(node, Vec::new()))),
            Kind::FunctionDefinition => StmtKind::Function(Box::new(self.function(node, Vec::new()))),
            Kind::DecoratedDefinition => self.decorated(node),
            Kind::ExpressionStatement => self.expression_statement(node),
            Kind::ReturnStatement => StmtKind::Return(self.first_expr(node)),
            Kind::DeleteStatement => self.delete(node),
            Kind::RaiseStatement => {
                let (mut exc, mut cause) = (None, None);
                self.each(node, |this, child| match child.field {
                    Field::Cause => cause = Some(this.expr(child.node)),
                    _ if child.node.is_named() => exc = Some(this.expr(child.node)),
                    _ => {}
                });
                StmtKind::Raise { exc, cause }
            }
            Kind::AssertStatement => {
                let mut exprs = self.exprs(node).into_iter();
                match exprs.next() {
                    Some(test) => StmtKind::Assert { test, msg: exprs.next() },
                    None => StmtKind::Unknown,
                }
            }
            Kind::IfStatement => self.if_stmt(node),
            Kind::ForStatement => self.for_stmt(node),
            Kind::WhileStatement => {
                let (mut test, mut body, mut orelse) = (None, Vec::new(), Vec::new());
                self.each(node, |this, child| match child.field {
                    Field::Condition => test = Some(this.expr(child.node)),
                    Field::Body => body = this.body(child.node),
                    Field::Alternative => orelse = this.clause_body(child.node),
                    _ => {}
                });
                match test {
                    Some(test) => StmtKind::While { test, body, orelse },
                    None => StmtKind::Unknown,
                }
            }
            Kind::WithStatement => self.with_stmt(node),
            Kind::TryStatement => self.try_stmt(node),
            Kind::MatchStatement => self.match_stmt(node),
            Kind::ImportStatement => self.import(node),
            Kind::ImportFromStatement | Kind::FutureImportStatement => self.import_from(node),
            Kind::GlobalStatement => StmtKind::Global(self.identifiers(node)),
            Kind::NonlocalStatement => StmtKind::Nonlocal(self.identifiers(node)),
            Kind::TypeAliasStatement => {
                let (mut left, mut right) = (None, None);
                self.each(node, |_, child| match child.field {
                    Field::Left => left = Some(child.node),
                    Field::Right => right = Some(child.node),
                    _ => {}
                });
                match (left, right) {
                    (Some(left), Some(right)) => self.type_assignment(node, left, right).unwrap_or_else(|| {
                        let name = self.type_alias_name(left);
                        StmtKind::TypeAlias { name, value: self.expr(right) }
                    }),
                    _ => StmtKind::Unknown,
                }
            }
            Kind::PrintStatement => self.print_chevron(node),
            Kind::PassStatement => StmtKind::Pass,
            Kind::BreakStatement => StmtKind::Break,
            Kind::ContinueStatement => StmtKind::Continue,
            _ => StmtKind::Unknown,
        }
    }

    fn class(&mut self, node: Node<'t>, decorators: Vec<Expr>) -> ClassDef {
        let (mut name, mut args, mut body) = (None, Vec::new(), Vec::new());
        self.each(node, |this, child| match child.field {
            Field::Name => name = Some(this.identifier(child.node)),
            Field::Superclasses => args = this.arguments(child.node, ""),
            Field::Body => body = this.body(child.node),
            _ => {}
        });
        ClassDef { name: name.unwrap_or_else(|| nameless(node)), decorators, args, body }
    }

    fn function(&mut self, node: Node<'t>, decorators: Vec<Expr>) -> FunctionDef {
        let (mut name, mut params, mut returns, mut body, mut is_async) = (None, Vec::new(), None, Vec::new(), false);
        self.each(node, |this, child| match child.field {
            Field::Name => name = Some(this.identifier(child.node)),
            Field::Parameters => params = this.parameters(child.node),
            Field::ReturnType => returns = Some(this.expr(child.node)),
            Field::Body => body = this.body(child.node),
            _ => is_async |= child.kind == Kind::Async,
        });
        FunctionDef { name: name.unwrap_or_else(|| nameless(node)), decorators, params, returns, body, is_async }
    }

    fn decorated(&mut self, node: Node<'t>) -> StmtKind {
        let mut decorators = Vec::new();
        let mut definition = None;
        self.each(node, |this, child| match child.kind {
            Kind::Decorator => decorators.extend(this.first_expr(child.node)),
            _ if child.field == Field::Definition => definition = Some(child),
            _ => {}
        });
        match definition {
            Some(Child { node, kind: Kind::ClassDefinition, .. }) => StmtKind::Class(Box::new(self.class(node, decorators))),
            Some(Child { node, kind: Kind::FunctionDefinition, .. }) => StmtKind::Function(Box::new(self.function(node, decorators))),
            _ => StmtKind::Unknown,
        }
    }

    fn expression_statement(&mut self, node: Node<'t>) -> StmtKind {
        let children = self.push_children(node);
        let only = match children.len() {
            1 => self.scratch.get(children.start).copied(),
            _ => None,
        };
        self.pop_children(&children);
        match only {
            Some(Child { node, kind: Kind::Assignment, .. }) => self.assignment(node),
            Some(Child { node, kind: Kind::AugmentedAssignment, .. }) => self.augmented_assignment(node),
            Some(Child { node, .. }) => StmtKind::Expr(self.expr(node)),
            None => StmtKind::Expr(self.bare_tuple(node)),
        }
    }

    /// `a = b = value` is `a = (b = value)` to tree-sitter.
    fn assignment(&mut self, mut node: Node<'t>) -> StmtKind {
        let mut targets = Vec::new();
        loop {
            let (mut annotation, mut right) = (None, None);
            self.each(node, |this, child| match child.field {
                Field::Left => targets.push(this.expr(child.node)),
                Field::Type => annotation = Some(this.expr(child.node)),
                Field::Right => right = Some(child),
                _ => {}
            });
            match (annotation, right) {
                (Some(annotation), right) => {
                    return match targets.pop() {
                        Some(target) => StmtKind::AnnAssign { target, annotation, value: right.map(|right| self.expr(right.node)) },
                        None => StmtKind::Unknown,
                    };
                }
                (None, Some(Child { node: next, kind: Kind::Assignment, .. })) => node = next,
                (None, Some(right)) => return StmtKind::Assign { targets, value: self.expr(right.node) },
                (None, None) => return StmtKind::Unknown,
            }
        }
    }

    fn augmented_assignment(&mut self, node: Node<'t>) -> StmtKind {
        let (mut target, mut op, mut value) = (None, None, None);
        self.each(node, |this, child| match child.field {
            Field::Left => target = Some(this.expr(child.node)),
            Field::Operator => op = operator::augmented_op(child.kind),
            Field::Right => value = Some(this.expr(child.node)),
            _ => {}
        });
        match (target, op, value) {
            (Some(target), Some(op), Some(value)) => StmtKind::AugAssign { target, op, value },
            _ => StmtKind::Unknown,
        }
    }

    fn delete(&mut self, node: Node<'t>) -> StmtKind {
        let mut targets = Vec::new();
        self.each(node, |this, child| match child.kind {
            Kind::ExpressionList => targets = this.exprs(child.node),
            _ if child.node.is_named() => targets.push(this.expr(child.node)),
            _ => {}
        });
        StmtKind::Delete(targets)
    }

    fn for_stmt(&mut self, node: Node<'t>) -> StmtKind {
        let (mut target, mut iter, mut body, mut orelse) = (None, None, Vec::new(), Vec::new());
        self.each(node, |this, child| match child.field {
            Field::Left => target = Some(this.expr(child.node)),
            Field::Right => iter = Some(this.expr(child.node)),
            Field::Body => body = this.body(child.node),
            Field::Alternative => orelse = this.clause_body(child.node),
            _ => {}
        });
        match (target, iter) {
            (Some(target), Some(iter)) => StmtKind::For { target, iter, body, orelse },
            _ => StmtKind::Unknown,
        }
    }

    /// The block of an `else` or `finally`.
    fn clause_body(&mut self, clause: Node<'t>) -> Vec<Stmt> {
        let mut body = Vec::new();
        self.each(clause, |this, child| {
            if child.kind == Kind::Block {
                body = this.body(child.node);
            }
        });
        body
    }

    fn identifiers(&mut self, node: Node<'t>) -> Vec<Identifier> {
        let mut identifiers = Vec::new();
        self.each(node, |this, child| {
            if child.kind == Kind::Identifier {
                identifiers.push(this.identifier(child.node));
            }
        });
        identifiers
    }

    fn identifier(&self, node: Node<'t>) -> Identifier {
        Identifier { name: self.name(node), span: span(node) }
    }

    fn name(&self, node: Node<'t>) -> Name {
        SmolStr::new(self.slice(node))
    }

    fn slice(&self, node: Node<'t>) -> &str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }
}

/// The first child that is neither a token nor a comment.
fn first_named(node: Node<'_>) -> Option<Node<'_>> {
    (0..node.named_child_count() as u32).filter_map(|index| node.named_child(index)).find(|child| !child.is_extra())
}

fn has_child(node: Node<'_>, wanted: Kind) -> bool {
    let mut cursor = node.walk();
    node.children(&mut cursor).any(|child| kind(child) == wanted)
}

/// For a definition whose name is missing from the text.
fn nameless(node: Node<'_>) -> Identifier {
    Identifier { name: Name::default(), span: Span::new(node.start_byte(), node.start_byte()) }
}
