//! The field or model that is looked for, and the names it goes by.

use super::attributes::{Derived, Resolution};
use super::engine::Engine;
use super::graphql::is_schema;
use super::leftovers::{Lost, LostRelation};
use super::model_fields::FieldDecl;
use super::model_index::{Reverse, external_by_label};
use super::path_part::PathPart;
use super::reference::Target;
use super::symbols::ClassId;
use super::types::ClassRef;
use crate::syntax::ast::{ExprKind, Name};

/// What Django's permissions allow.
const VERBS: [&str; 4] = ["add", "change", "delete", "view"];

pub(crate) struct Subject<'s> {
    /// The model's app label.
    pub(crate) app: Name,
    /// As the class is written.
    pub(crate) name: Name,
    /// The model's class. One that the source has no more goes by the path that the project's files still import it by.
    pub(crate) model: ClassRef,
    /// What is looked for of it; `None` for the model itself.
    pub(crate) field: Option<FieldSubject<'s>>,
    /// Every spelling.
    pub(crate) words: Vec<Name>,
    /// Those that only schemas of GraphQL have.
    pub(crate) schema_words: Vec<Name>,
    /// The model's table.
    pub(crate) table: Name,
    /// The field's column, where it has one.
    pub(crate) column: Option<Name>,
    /// What is gone with it on the models that it pointed at.
    lost: Vec<(ClassRef, LostRelation)>,
}

pub(crate) struct FieldSubject<'s> {
    pub(crate) name: Name,
    /// The class whose body declares it: the model or a parent; the model itself where nothing declares it any more.
    pub(crate) owner: ClassId,
    pub(crate) decl: Option<FieldDecl<'s>>,
    /// The other ends of the relation.
    pub(crate) reverse: Vec<Reverse>,
}

impl<'s> Subject<'s> {
    /// `None` for a field of a model that the project's source doesn't have.
    pub(crate) fn find(engine: &Engine<'s>, target: &Target) -> Option<Self> {
        let lower = target.model.to_lowercase();
        let models = engine.models();
        // Where the app's label isn't what its folder says, the model's name and the field's may still be.
        let class = models.by_label(&target.app, &lower).or_else(|| {
            let field = target.field.as_ref()?;
            let namesakes = models.by_name(&lower);
            let mut with_field = namesakes.iter().filter(|it| namesakes.len() == 1 || engine.field(**it, field).is_some());
            with_field.next().copied().filter(|_| with_field.next().is_none())
        });
        let mut subject = match class {
            Some(class) => Self {
                app: engine.model_app(class),
                name: engine.class_name(class),
                model: ClassRef::Project(class),
                field: None,
                words: Vec::new(),
                schema_words: Vec::new(),
                table: engine.table(class),
                column: None,
                lost: Vec::new(),
            },
            None => Self {
                app: target.app.clone(),
                name: target.model.clone(),
                model: external_by_label(&target.app, &target.model),
                field: None,
                words: Vec::new(),
                schema_words: Vec::new(),
                table: format!("{}_{lower}", target.app).into(),
                column: None,
                lost: Vec::new(),
            },
        };
        match &target.field {
            Some(field) => subject.of_field(engine, class?, field),
            None => subject.of_model(&lower),
        }
        subject.words.sort();
        subject.words.dedup();
        subject.schema_words.retain(|it| !subject.words.contains(it));
        Some(subject)
    }

    /// The same for something that is gone.
    pub(crate) fn find_lost(engine: &Engine<'s>, lost: &Lost) -> Option<Self> {
        let mut subject = Self::find(engine, &lost.target)?;
        for relation in &lost.relations {
            let to = match &relation.to {
                None => engine.user_class(),
                Some((app, name)) => engine.models().by_label(app, name).map_or_else(|| external_by_label(app, name), ClassRef::Project),
            };
            subject.words.extend(relation.accessor.iter().chain(&relation.query_name).cloned());
            subject.lost.push((to, relation.clone()));
        }
        subject.words.sort();
        subject.words.dedup();
        Some(subject)
    }

    /// Whether the class was given something of this name by a relation that is gone.
    fn is_lost_name(&self, engine: &Engine<'s>, class: &ClassRef, is_it: impl Fn(&LostRelation) -> bool) -> bool {
        self.lost.iter().any(|(to, relation)| is_it(relation) && engine.is_subclass(class, to))
    }

    fn of_field(&mut self, engine: &Engine<'s>, class: ClassId, name: &Name) {
        let decl = engine.field(class, name);
        let owner = decl.as_ref().map_or(class, |it| it.owner);
        let mut field = FieldSubject { name: name.clone(), owner, decl, reverse: Vec::new() };
        self.words.push(name.clone());
        self.column = Some(name.clone());
        if let Some(decl) = &field.decl {
            self.column = engine.column(decl);
            self.words.extend(self.column.clone());
            if decl.shape.has_attname() {
                self.words.push(format!("{name}_id").into());
            }
            if let Some(target) = engine.relation_target(decl, &self.model) {
                let all = engine.reverse_relations(&target);
                field.reverse = all.into_iter().filter(|it| it.owner == owner && it.field == *name).collect();
            }
        }
        self.words.push(format!("get_{name}_display").into());
        self.words.push(format!("get_next_by_{name}").into());
        self.words.push(format!("get_previous_by_{name}").into());
        self.words.push(format!("clean_{name}").into());
        self.words.push(format!("validate_{name}").into());
        self.schema_words.push(camel_case(name));
        for reverse in &field.reverse {
            self.words.extend(reverse.accessor.clone());
            self.words.push(reverse.query_name.clone());
        }
        self.field = Some(field);
    }

    fn of_model(&mut self, lower: &str) {
        self.words.push(self.name.clone());
        self.words.push(lower.into());
        self.words.push(format!("{lower}_set").into());
        self.words.push(self.table.clone());
        self.words.extend(VERBS.map(|verb| format!("{verb}_{lower}").into()));
        let app = self.app.clone();
        self.words.extend(super::model_names::ADMIN_VIEWS.iter().map(|view| format!("{app}_{lower}_{view}").into()));
    }

    /// `shop` and `change_order`, of the model.
    pub(crate) fn is_permission(&self, app: &str, name: &str) -> bool {
        let lower = || self.name.to_lowercase();
        self.field.is_none() && app == self.app && name.split_once('_').is_some_and(|(verb, it)| VERBS.contains(&verb) && it == lower())
    }

    /// `admin:shop_order_change`, of the model.
    pub(crate) fn is_admin_url(&self, text: &str) -> bool {
        let Some(view) = text.strip_prefix("admin:").filter(|_| self.field.is_none()) else { return false };
        let model = format!("{}_{}_", self.app, self.name.to_lowercase());
        view.strip_prefix(&*model).is_some_and(|it| super::model_names::ADMIN_VIEWS.contains(&it))
    }

    /// Every spelling in a file of this kind.
    pub(crate) fn words_in(&self, path: &str) -> impl Iterator<Item = &Name> {
        self.words.iter().chain(self.schema_words.iter().filter(|_| is_schema(path)))
    }

    /// The source neither declares it nor has anything else that answers to its name.
    pub(crate) fn is_gone(&self, engine: &Engine<'s>) -> bool {
        match &self.field {
            None => matches!(self.model, ClassRef::External(_)),
            Some(field) => matches!(engine.resolve(&self.model, &field.name), Resolution::Missing | Resolution::Open),
        }
    }

    pub(crate) fn is_field(&self, decl: &FieldDecl<'_>) -> bool {
        self.field.as_ref().is_some_and(|it| it.owner == decl.owner && it.name == decl.name)
    }

    pub(crate) fn is_reverse(&self, reverse: &Reverse) -> bool {
        match &self.field {
            Some(field) => field.owner == reverse.owner && field.name == reverse.field,
            None => reverse.model == self.model,
        }
    }

    /// The field's name and those derived from it; not the names of the other end of a relation.
    pub(crate) fn is_own_word(&self, word: &str) -> bool {
        self.field.as_ref().is_some_and(|field| {
            word == field.name
                || word.strip_suffix("_id") == Some(&field.name)
                || word.starts_with("get_") && word.contains(field.name.as_str())
        })
    }
}

/// As GraphQL writes it: `deliveryNote`.
fn camel_case(name: &str) -> Name {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts
        .fold(first, |mut joined, part| {
            let mut chars = part.chars();
            joined.extend(chars.next().into_iter().flat_map(char::to_uppercase));
            joined.push_str(chars.as_str());
            joined
        })
        .into()
}

/// What is known about one occurrence of the name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Verdict {
    /// It is the one that is looked for.
    Yes,
    /// It is, unless a class that can't be seen says otherwise.
    Probably,
    /// It is something else.
    No,
    Unknown,
}

impl Verdict {
    /// Of several possible receivers.
    pub(crate) fn join(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
        let (mut yes, mut probably, mut no, mut unknown) = (0, 0, 0, 0);
        for verdict in verdicts {
            match verdict {
                Verdict::Yes => yes += 1,
                Verdict::Probably => probably += 1,
                Verdict::No => no += 1,
                Verdict::Unknown => unknown += 1,
            }
        }
        match (yes, probably, no, unknown) {
            (0, 0, 0, _) => Verdict::Unknown,
            (0, 0, _, 0) => Verdict::No,
            (0, 0, ..) => Verdict::Unknown,
            (_, 0, 0, 0) => Verdict::Yes,
            _ => Verdict::Probably,
        }
    }
}

impl<'s> Engine<'s> {
    /// Whether `name` on instances of the class is what is looked for.
    pub(crate) fn verdict_on(&self, subject: &Subject<'s>, class: &ClassRef, name: &str) -> Verdict {
        match self.resolve(class, name) {
            Resolution::Field(decl, _) => yes_or_no(subject.is_field(&decl)),
            Resolution::Reverse(reverse) => yes_or_no(subject.is_reverse(&reverse)),
            Resolution::Member(_) => Verdict::No,
            resolution @ (Resolution::Missing | Resolution::Open) => self.verdict_on_missing(subject, class, name, &resolution),
        }
    }

    fn verdict_on_missing(&self, subject: &Subject<'s>, class: &ClassRef, name: &str, resolution: &Resolution<'s>) -> Verdict {
        if subject.is_lost_name(self, class, |it| it.accessor.as_deref() == Some(name)) {
            return Verdict::Yes;
        }
        if !subject.is_own_word(name) {
            return if matches!(resolution, Resolution::Missing) { Verdict::No } else { Verdict::Unknown };
        }
        let model = &subject.model;
        // The field is gone from the source, and this is the model that had it.
        if self.is_subclass(class, model) {
            return Verdict::Yes;
        }
        // A mixin or a parent of the model.
        if self.is_subclass(model, class) {
            return match class {
                ClassRef::Project(_) => Verdict::Probably,
                ClassRef::External(_) => Verdict::Unknown,
            };
        }
        match (class, resolution) {
            (ClassRef::Project(id), Resolution::Open) if !self.is_model(*id) => Verdict::Unknown,
            _ => Verdict::No,
        }
    }

    /// Whether a part of a lookup path is what is looked for.
    pub(crate) fn verdict_on_path(&self, subject: &Subject<'s>, model: &ClassRef, asked: PathPart<'_>) -> Verdict {
        self.verdict_along(subject, model, asked, |model, part| self.lookup_step(model, part))
    }

    /// The same for a path that is prefetched: it goes by the names of attributes.
    pub(crate) fn verdict_on_prefetch(&self, subject: &Subject<'s>, model: &ClassRef, asked: PathPart<'_>) -> Verdict {
        self.verdict_along(subject, model, asked, |model, part| {
            let field = self.lookup_step(model, part).filter(|it| matches!(it, Step::Field(_)));
            field.or_else(|| self.reverse_accessor(model, part).map(Step::Reverse))
        })
    }

    fn verdict_along(
        &self,
        subject: &Subject<'s>,
        model: &ClassRef,
        asked: PathPart<'_>,
        step: impl Fn(&ClassRef, &str) -> Option<Step<'s>>,
    ) -> Verdict {
        let mut model = model.clone();
        let mut start = 0;
        for part in asked.path.split("__") {
            let step = step(&model, part);
            if start == asked.at {
                return match step {
                    Some(Step::Field(decl)) => yes_or_no(subject.is_field(&decl)),
                    Some(Step::Reverse(reverse)) => yes_or_no(subject.is_reverse(&reverse)),
                    None if subject.is_lost_name(self, &model, |it| it.query_name.as_deref() == Some(part)) => Verdict::Yes,
                    // A property, which an option of an admin may name.
                    None => self.verdict_on(subject, &model, part),
                };
            }
            start += part.len() + 2;
            match step {
                Some(Step::Field(decl)) => match self.relation_target(&decl, &model) {
                    Some(target) => model = target,
                    None => return Verdict::No,
                },
                Some(Step::Reverse(reverse)) => model = reverse.model,
                None if part == "pk" || part == "id" => return Verdict::No,
                None => match self.child_model(&model, part) {
                    Some(child) => model = child,
                    // An annotation, or a name that is itself left over.
                    None => return Verdict::Unknown,
                },
            }
        }
        Verdict::Unknown
    }

    /// One part of a lookup path.
    pub(crate) fn lookup_step(&self, model: &ClassRef, part: &str) -> Option<Step<'s>> {
        if let ClassRef::Project(class) = model
            && let Resolution::Field(decl, Derived::Itself | Derived::AttName) = self.resolve(&ClassRef::Project(*class), part)
        {
            return Some(Step::Field(decl));
        }
        self.reverse_relations(model).into_iter().find(|it| it.query_name == part).map(Step::Reverse)
    }

    /// The model that inherits from this one with a table of its own, and that rows of this one lead to by its name.
    pub(crate) fn child_model(&self, model: &ClassRef, name: &str) -> Option<ClassRef> {
        let is_set = |class: ClassId, option: &str| self.own_meta(class, option).is_some_and(|it| it.kind == ExprKind::Bool(true));
        let child = self.models().by_name(name).iter().copied().find(|class| {
            let it = ClassRef::Project(*class);
            it != *model && self.is_subclass(&it, model) && !self.is_abstract(*class) && !is_set(*class, "proxy")
        })?;
        let is_abstract = matches!(model, ClassRef::Project(class) if self.is_abstract(*class));
        (!is_abstract).then_some(ClassRef::Project(child))
    }
}

pub(crate) enum Step<'s> {
    Field(FieldDecl<'s>),
    Reverse(Reverse),
}

fn yes_or_no(is_it: bool) -> Verdict {
    if is_it { Verdict::Yes } else { Verdict::No }
}
