//! What speaks for a reference whose receiver can't be inferred: the name itself, and what stands beside it.

use super::attributes::Resolution;
use super::engine::Cx;
use super::judge::Judge;
use super::keywords::each_expr;
use super::reference::Confidence;
use super::symbols::ScopeKind;
use super::walk::{Around, Walk};
use crate::syntax::ast::*;
use rustc_hash::FxHashSet;

/// What is known of the name in the whole project.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// Other classes that define something of this name: other models, and classes that are no models.
    pub(crate) rivals: u32,
    /// The name is long enough not to be used by chance.
    pub(crate) is_distinctive: bool,
}

impl Evidence {
    /// `receiver.name`
    pub(crate) fn of_attribute<'s>(&self, walk: &Walk<'_, 's>, cx: &Cx<'_>, receiver: &'s Expr, name: &str) -> Option<Confidence> {
        if !walk.subject.is_own_word(name) {
            return Some(Confidence::Possible);
        }
        let used_beside = match &receiver.kind {
            ExprKind::Name(receiver) => attributes_of(walk, cx, receiver),
            _ => FxHashSet::default(),
        };
        Some(likely_if(self.is_telling() || speak_for(&walk.judge, used_beside.into_iter().filter(|it| *it != name), attribute_of_model)))
    }

    /// `f(name=…)`
    pub(crate) fn of_keyword<'s>(&self, walk: &Walk<'_, 's>, args: &'s [Argument], name: &str, at: usize) -> Option<Confidence> {
        if let Some(confidence) = self.of_path(walk, name, at) {
            return Some(confidence);
        }
        let beside = args.iter().filter_map(|arg| arg.name.as_ref()).map(|it| it.name.as_str()).filter(|it| *it != name);
        Some(likely_if(self.is_telling() || speak_for(&walk.judge, beside, field_of_model)))
    }

    /// A string, alone or in a list of them.
    pub(crate) fn of_string(&self, walk: &Walk<'_, '_>, path: &str, at: usize) -> Option<Confidence> {
        if let Some(confidence) = self.of_path(walk, path, at) {
            return Some(confidence);
        }
        let beside: Vec<&str> = strings_beside(walk).into_iter().filter(|it| *it != path).collect();
        Some(likely_if(speak_for(&walk.judge, beside.into_iter(), field_of_model)))
    }

    pub(crate) fn of_template(&self, judge: &Judge<'_, '_>, name: &str) -> Option<Confidence> {
        Some(likely_if(judge.subject.is_own_word(name) && self.is_telling()))
    }

    /// A part of a lookup path whose start is unknown: the part before it may be a relation to the model.
    fn of_path(&self, walk: &Walk<'_, '_>, path: &str, at: usize) -> Option<Confidence> {
        let before = path.get(..at.checked_sub(2)?)?.rsplit("__").next()?;
        Some(likely_if(walk.engine.relates_to(before, &walk.subject.model_ref())))
    }

    fn is_telling(&self) -> bool {
        self.rivals == 0 && self.is_distinctive
    }
}

fn likely_if(is_likely: bool) -> Confidence {
    if is_likely { Confidence::Likely } else { Confidence::Possible }
}

/// Most of the names beside it, and at least two, belong to the model too.
fn speak_for<'n>(judge: &Judge<'_, '_>, beside: impl Iterator<Item = &'n str>, belongs: fn(&Judge<'_, '_>, &str) -> bool) -> bool {
    let (mut all, mut of_model) = (0, 0);
    for name in beside {
        all += 1;
        of_model += u32::from(belongs(judge, name));
    }
    of_model >= 2 && of_model * 10 >= all * 6
}

fn field_of_model(judge: &Judge<'_, '_>, path: &str) -> bool {
    let first = path.trim_start_matches('-').split("__").next().unwrap_or_default();
    judge.engine.lookup_step(&judge.subject.model_ref(), first).is_some()
}

fn attribute_of_model(judge: &Judge<'_, '_>, name: &str) -> bool {
    matches!(judge.engine.resolve(&judge.subject.model_ref(), name), Resolution::Field(..) | Resolution::Reverse(_) | Resolution::Member(_))
}

/// The attributes that the function around reads or writes on a name.
fn attributes_of<'s>(walk: &Walk<'_, 's>, cx: &Cx<'_>, receiver: &str) -> FxHashSet<&'s str> {
    fn in_expr<'s>(expr: &'s Expr, receiver: &str, found: &mut FxHashSet<&'s str>) {
        if let ExprKind::Attribute { value, attr } = &expr.kind
            && matches!(&value.kind, ExprKind::Name(name) if name == receiver)
        {
            found.insert(&attr.name);
        }
        expr.each_child(&mut |child| in_expr(child, receiver, found));
    }
    fn in_block<'s>(body: &'s [Stmt], receiver: &str, found: &mut FxHashSet<&'s str>) {
        for stmt in body {
            each_expr(stmt, &mut |expr| in_expr(expr, receiver, found));
            super::symbols::blocks_of(stmt).into_iter().for_each(|block| in_block(block, receiver, found));
        }
    }
    let mut found = FxHashSet::default();
    if let Some(scope) = walk.engine.scope(cx.file, cx.scope)
        && matches!(scope.kind, ScopeKind::Function(_))
    {
        in_block(scope.body, receiver, &mut found);
    }
    found
}

/// The strings in the same list, or among the same arguments.
fn strings_beside<'s>(walk: &Walk<'_, 's>) -> Vec<&'s str> {
    let mut around = walk.around().iter().rev().skip(1);
    match around.next() {
        Some(Around::Expr(Expr { kind: ExprKind::List(items) | ExprKind::Tuple(items) | ExprKind::Set(items), .. })) => {
            items.iter().filter_map(Expr::as_str).collect()
        }
        Some(Around::Arg(_)) => match around.next() {
            Some(Around::Expr(Expr { kind: ExprKind::Call { args, .. }, .. })) => {
                args.iter().filter_map(|arg| arg.value.as_str()).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
