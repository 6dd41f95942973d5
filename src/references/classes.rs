//! Classes: their bases, the order in which these are searched, their members, and what kind of class Django sees in them.

use super::engine::{Cx, Engine};
use super::symbols::{Binding, BindingKind, ClassId, FunctionId};
use super::types::{ClassRef, Type};
use crate::syntax::ast::*;
use std::rc::Rc;

/// Stands for a base that can't be resolved.
pub(crate) const UNKNOWN_BASE: &str = "?";

/// A name that a class (or one of its bases) defines.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Member<'s> {
    pub(crate) owner: ClassId,
    pub(crate) kind: MemberKind<'s>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum MemberKind<'s> {
    /// In the body of the class.
    Body(Binding<'s>),
    /// `self.name = value` in one of its functions.
    SelfAssign { value: &'s Expr, function: FunctionId },
}

impl<'s> Engine<'s> {
    /// The class and its bases in the order in which attributes are searched; a base that is not the project's own is a path.
    pub(crate) fn mro(&self, class: ClassId) -> Rc<[ClassRef]> {
        if let Some(mro) = self.mros.borrow().get(&class) {
            return mro.clone();
        }
        // A class that is its own base by mistake ends here.
        self.mros.borrow_mut().insert(class, Rc::from([ClassRef::Project(class)]));
        let mut all = vec![ClassRef::Project(class)];
        for base in self.bases(class) {
            let inherited: Rc<[ClassRef]> = match &base {
                ClassRef::Project(base) => self.mro(*base),
                ClassRef::External(_) => Rc::from([base]),
            };
            for it in inherited.iter() {
                // A shared base comes after all that derive from it.
                all.retain(|seen| seen != it || *seen == ClassRef::Project(class));
                if *it != ClassRef::Project(class) {
                    all.push(it.clone());
                }
            }
        }
        let mro: Rc<[ClassRef]> = all.into();
        self.mros.borrow_mut().insert(class, mro.clone());
        mro
    }

    fn bases(&self, class: ClassId) -> Vec<ClassRef> {
        let Some(entry) = self.class(class) else { return Vec::new() };
        let Some(scope) = self.scope(class.file, entry.scope) else { return Vec::new() };
        let cx = Cx {
            file: class.file,
            scope: scope.parent.unwrap_or(super::symbols::MODULE),
            at: entry.node.name.span.start,
            frame: None,
            this: None,
        };
        let mut bases = Vec::new();
        for arg in entry.node.args.iter().filter(|arg| arg.kind == ArgumentKind::Positional) {
            self.base(&cx, &arg.value, &mut bases);
        }
        bases
    }

    fn base(&self, cx: &Cx<'_>, expr: &'s Expr, bases: &mut Vec<ClassRef>) {
        if let ExprKind::Call { func, args } = &expr.kind {
            match (&func.kind, func.dotted().as_deref()) {
                // `Manager.from_queryset(OrderQuerySet)` has the methods of both.
                (ExprKind::Attribute { value, attr }, _) if attr.name == "from_queryset" => {
                    self.base(cx, value, bases);
                    args.iter().for_each(|arg| self.base(cx, &arg.value, bases));
                    return;
                }
                (_, Some("with_metaclass" | "six.with_metaclass")) => {
                    args.iter().skip(1).for_each(|arg| self.base(cx, &arg.value, bases));
                    return;
                }
                _ => {}
            }
        }
        match self.infer(cx, expr) {
            Type::Class(class) => bases.push(class),
            Type::External(path) => bases.push(ClassRef::External(path)),
            Type::Union(members) => {
                let known = members.iter().find_map(|it| match it {
                    Type::Class(class) => Some(class.clone()),
                    Type::External(path) => Some(ClassRef::External(path.clone())),
                    _ => None,
                });
                bases.push(known.unwrap_or(ClassRef::External(UNKNOWN_BASE.into())));
            }
            _ => bases.push(ClassRef::External(UNKNOWN_BASE.into())),
        }
    }

    /// The classes of the project that an instance of `class` gets its attributes from, the class itself first.
    pub(crate) fn project_mro(&self, class: ClassId) -> impl Iterator<Item = ClassId> {
        let mro = self.mro(class);
        (0..mro.len()).filter_map(move |index| match mro[index] {
            ClassRef::Project(class) => Some(class),
            ClassRef::External(_) => None,
        })
    }

    /// Whether some base outside the project (by its whole path) is as `test` says.
    pub(crate) fn has_external_base(&self, class: ClassId, test: impl Fn(&str) -> bool) -> bool {
        self.mro(class).iter().any(|it| matches!(it, ClassRef::External(path) if test(path)))
    }

    pub(crate) fn is_subclass(&self, class: &ClassRef, of: &ClassRef) -> bool {
        match class {
            ClassRef::Project(class) => self.mro(*class).contains(of),
            ClassRef::External(_) => class == of,
        }
    }

    /// What `name` is on the class or its instances; the bodies of all its bases come before what the functions assign to `self`.
    pub(crate) fn member(&self, class: ClassId, name: &str) -> Option<Member<'s>> {
        self.body_member(class, name).or_else(|| self.assigned_member(class, name))
    }

    pub(crate) fn body_member(&self, class: ClassId, name: &str) -> Option<Member<'s>> {
        self.project_mro(class).find_map(|owner| {
            let binding = self.class_bindings(owner, name).last()?;
            Some(Member { owner, kind: MemberKind::Body(*binding) })
        })
    }

    fn assigned_member(&self, class: ClassId, name: &str) -> Option<Member<'s>> {
        self.project_mro(class).find_map(|owner| {
            let symbols = self.symbols(owner.file)?;
            let functions = symbols.functions.iter().enumerate().filter(|(_, it)| it.class == Some(owner.index));
            functions
                .filter_map(|(index, function)| {
                    let this = function.node.params.first()?.name.name.as_str();
                    let value = self_assignment(&function.node.body, this, name)?;
                    let function = FunctionId { file: owner.file, index: index as u32 };
                    Some(Member { owner, kind: MemberKind::SelfAssign { value, function } })
                })
                // `self.x = None` in one function says less than `self.x = Order()` in another.
                .min_by_key(|member| matches!(member.kind, MemberKind::SelfAssign { value, .. } if value.kind == ExprKind::None))
        })
    }

    /// The value of a class attribute, on the class itself or a base.
    pub(crate) fn class_value(&self, class: ClassId, name: &str) -> Option<(ClassId, &'s Expr)> {
        let member = self.body_member(class, name)?;
        match member.kind {
            MemberKind::Body(Binding { kind: BindingKind::Value(value) | BindingKind::Annotated(_, Some(value)), .. }) => {
                Some((member.owner, value))
            }
            _ => None,
        }
    }

    /// The class around the scope of this class: the form of a `Meta`.
    pub(crate) fn outer_class(&self, class: ClassId) -> Option<ClassId> {
        let entry = self.class(class)?;
        let parent = self.scope(class.file, entry.scope)?.parent?;
        self.class_of_scope(class.file, parent)
    }
}

/// The value that `self.name` is given in a function.
fn self_assignment<'s>(body: &'s [Stmt], this: &str, name: &str) -> Option<&'s Expr> {
    body.iter().find_map(|stmt| match &stmt.kind {
        StmtKind::Assign { targets, value } => targets.iter().any(|target| is_self_attribute(target, this, name)).then_some(value),
        StmtKind::AnnAssign { target, value: Some(value), .. } => is_self_attribute(target, this, name).then_some(value),
        _ => super::symbols::blocks_of(stmt).into_iter().find_map(|block| self_assignment(block, this, name)),
    })
}

fn is_self_attribute(target: &Expr, this: &str, name: &str) -> bool {
    matches!(&target.kind, ExprKind::Attribute { value, attr } if attr.name == name && matches!(&value.kind, ExprKind::Name(it) if it == this))
}
