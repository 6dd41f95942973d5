//! Renaming a model: `db_table` keeps the table.

use super::migration::{Step, migrations};
use super::name::{check_identifier, respelled};
use super::{Changes, Refusal, Rename, Why, why};
use crate::analysis::{Declared, Place};
use crate::django::field::ModelKey;
use crate::django::models::Model;
use crate::ide::Judged;
use crate::ide::changes::TextEdit;
use crate::ide::source;
use crate::phases::write::python::string;
use crate::references::reference::{CodeVersion, Confidence, Reference, ReferenceKind, Target};
use crate::syntax::ast::Name;

pub(super) struct Renamed<'a> {
    target: &'a Target,
    place: &'a Place,
    model: &'a Model,
}

impl<'a> Renamed<'a> {
    pub(super) fn find(judged: &Judged<'a>, target: &'a Target) -> Result<Self, Refusal> {
        let key = ModelKey::new(&target.app, &target.model);
        let declared = Declared { version: CodeVersion::Working, model: key.clone(), field: None };
        let place = judged.analysis.declarations.working.get(&declared);
        let (Some(place), Some(model)) = (place, judged.analysis.working.get(&key)) else {
            return Err(Refusal(format!("the project's source doesn't declare {}", target)));
        };
        let renamed = Self { target, place, model };
        match renamed.named_after_it(judged).or_else(|| template_by_name(judged, model)) {
            Some(why) => Err(renamed.refusal(&why)),
            None => Ok(renamed),
        }
    }

    pub(super) fn to(&self, judged: &Judged<'a>, new: &str, references: &[Reference]) -> Result<Rename, Refusal> {
        check_identifier(new)?;
        let (old, lower) = (&self.target.model, self.target.model.to_lowercase());
        let new_key = ModelKey::new(&self.target.app, new);
        if new == old {
            return Err(self.refusal("that is its name"));
        }
        if let Some(other) = judged.analysis.working.get(&new_key).filter(|_| new_key != self.model.key) {
            return Err(Refusal(format!("there is a model {} already", other.label)));
        }
        let source = source::read(judged, &self.place.path).ok_or_else(|| self.refusal("its file can't be read"))?;
        let mut changes = Changes::default();
        changes.add(&self.place.path, TextEdit { span: self.place.span, text: new.to_owned() }, Why::Declaration);
        let has_table = judged.analysis.schema_after.table(&self.model.table).is_some();
        let says = judged.analysis.working_state.get(&self.model.key).is_none_or(|it| it.options.db_table.is_some());
        let keeps = has_table && !says && new_key != self.model.key;
        if keeps {
            let edit = source.set_option(self.place.span, "db_table", &string(&self.model.table));
            let edit = edit.ok_or_else(|| self.refusal("its class has no place for `db_table`"))?;
            changes.add(&self.place.path, edit, Why::Declaration);
        }
        for reference in references {
            let Some(mut why) = why(reference) else { continue };
            let Some(text) = judged.sources.text(CodeVersion::Working, &reference.path) else { continue };
            let word = text.get(reference.span.range()).unwrap_or_default();
            let permission = permission(word, &lower, new);
            // Groups and users keep the codenames that they have: `RenameModel` doesn't rename them.
            if permission.is_some() {
                why = Why::Possible;
            }
            let in_lower_case = || {
                respelled(word, &lower, &new.to_lowercase())
                    .or_else(|| permission.clone())
                    .or_else(|| admin_view(word, &self.target.app, &lower, new))
            };
            let respelled = if word == old { Some(new.to_owned()) } else { in_lower_case() };
            // A relation that was given this name keeps it.
            if word != old && self.has_given_name(word) && reference.kind != ReferenceKind::Fixture && why != Why::Possible {
                why = Why::Possible;
            }
            if reference.confidence == Confidence::Possible && word != old && permission.is_none() {
                continue;
            }
            if let Some(text) = respelled {
                changes.add(&reference.path, TextEdit { span: reference.span, text }, why);
            }
        }
        let mut steps = Vec::new();
        if has_table && new_key != self.model.key {
            steps.push(Step::Model { model: &self.model.key, old, new, keep: keeps.then_some(&self.model.table) });
        }
        Ok(Rename { files: changes.into_files(), created: migrations(judged, &steps, Vec::new())? })
    }

    fn refusal(&self, why: &str) -> Refusal {
        Refusal(format!("{} can't be renamed: {why}", self.target))
    }

    /// What in the database bears the model's name besides its table, and can't be told to keep it.
    fn named_after_it(&self, judged: &Judged<'a>) -> Option<String> {
        let key = &self.model.key;
        for model in judged.analysis.working.by_key.values() {
            let mut links = model.many_to_many.iter().filter(|it| it.is_automatic);
            if let Some(links) = links.find(|it| model.key == *key || it.target.as_ref() == Some(key)) {
                let column = if model.key == *key { &links.columns.0 } else { &links.columns.1 };
                return Some(format!(
                    "the column {}.{column} of a many-to-many relation bears its name; give {}.{} a `through` model first",
                    links.table, model.label, links.field.name
                ));
            }
            let pointer = Name::from(format!("{}_ptr", key.name));
            if model.parents.contains(key) && model.fields.iter().any(|it| it.field.name == pointer) {
                return Some(format!("the column {}.{pointer}_id bears its name; declare the `parent_link` first", model.table));
            }
        }
        None
    }

    /// Whether one of its relations gives its other end this name by hand.
    fn has_given_name(&self, word: &str) -> bool {
        let fields = self.model.fields.iter().map(|it| &it.field).chain(self.model.many_to_many.iter().map(|it| &it.field));
        let mut relations = fields.filter_map(|field| field.relation.as_ref());
        relations.any(|it| it.related_name.as_deref() == Some(word) || it.related_query_name.as_deref() == Some(word))
    }
}

/// A template that a generic view or a page finds by the model's name, where no file of the project says that name.
fn template_by_name(judged: &Judged<'_>, model: &Model) -> Option<String> {
    const OF_VIEWS: &[&str] = &["_detail.html", "_list.html", "_form.html", "_confirm_delete.html"];
    let key = &model.key;
    let name_of = |path: &str| -> Option<String> {
        let (_, name) = path.rsplit_once("templates/")?;
        let page = name.strip_prefix(key.app.as_str())?.strip_prefix('/')?;
        let of_view = page.strip_prefix(key.name.as_str()).is_some_and(|rest| OF_VIEWS.contains(&rest));
        let of_page = !model.parents.is_empty() && page.strip_suffix(".html").is_some_and(|it| it.replace('_', "") == *key.name);
        (of_view || of_page).then(|| name.to_owned())
    };
    let paths = || judged.working.sources.version().files().iter().map(|it| &it.path);
    let template = paths().find_map(|path| name_of(path))?;
    let says = |path: &str| {
        let may_say = path.ends_with(".py") || path.contains("templates/");
        let text = may_say.then(|| judged.sources.text(CodeVersion::Working, path)).flatten();
        text.is_some_and(|text| text.contains(&template))
    };
    let is_said = paths().any(|path| says(path));
    (!is_said).then(|| format!("the template {template} is found by its name; say it in `template_name` or `template` first"))
}

/// `change_order`
fn permission(word: &str, lower: &str, new: &str) -> Option<String> {
    let verb = word.strip_suffix(lower)?.strip_suffix('_')?;
    ["add", "change", "delete", "view"].contains(&verb).then(|| format!("{verb}_{}", new.to_lowercase()))
}

/// `shop_order_change` of `admin:shop_order_change`.
fn admin_view(word: &str, app: &str, lower: &str, new: &str) -> Option<String> {
    let view = word.strip_prefix(app)?.strip_prefix('_')?.strip_prefix(lower)?.strip_prefix('_')?;
    Some(format!("{app}_{}_{view}", new.to_lowercase()))
}
