//! What well-known packages declare, for where they are not installed beside the project.
//!
//! Each package has a file of Python stubs in `packages/`: the classes that projects inherit from or declare fields and
//! operations with, cut down to what decides about a schema, each part with the place that it was taken from. A line starts the
//! stub of a module, and may give further names for it and the versions that it holds for:
//!
//! ```text
//! #- wagtail.models, wagtail.core.models
//! #- wagtail.fields if wagtail >= 5
//! #! mptt.models
//! ```
//!
//! The last form stands in for the module even where the package is installed: its own text does not tell what it does (a
//! metaclass adds the fields, a closure is the function of `RunPython`).
//!
//! A package's models differ from version to version. So a stub has every field that some version has, and having one proves
//! nothing: it only keeps the field of the state from counting as removed.

use crate::workspace::django_version::DjangoVersion;

/// A package that there are stubs of.
#[derive(Debug)]
struct Package {
    /// The first part of its modules' names.
    top: &'static str,
    /// As requirements name it.
    distribution: &'static str,
    text: &'static str,
}

/// A module of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stub {
    pub text: &'static str,
    /// It tells more than the installed module.
    pub stands_in: bool,
}

macro_rules! packages {
    ($($top:ident $distribution:literal)*) => {
        [$(Package { top: stringify!($top), distribution: $distribution, text: include_str!(concat!("packages/", stringify!($top), ".pyi")) }),*]
    };
}

/// Sorted by the first part of the modules' names.
static PACKAGES: &[Package] = &packages! {
    autoslug "django-autoslug"
    ckeditor "django-ckeditor"
    ckeditor_uploader "django-ckeditor"
    colorfield "django-colorfield"
    django "django"
    django_countries "django-countries"
    django_extensions "django-extensions"
    django_fsm "django-fsm"
    djmoney "django-money"
    easy_thumbnails "easy-thumbnails"
    imagekit "django-imagekit"
    jsonfield "jsonfield"
    model_utils "django-model-utils"
    modelcluster "django-modelcluster"
    mptt "django-mptt"
    multiselectfield "django-multiselectfield"
    ordered_model "django-ordered-model"
    parler "django-parler"
    pgtrigger "django-pgtrigger"
    phonenumber_field "django-phonenumber-field"
    picklefield "django-picklefield"
    polymorphic "django-polymorphic"
    simple_history "django-simple-history"
    solo "django-solo"
    sorl "sorl-thumbnail"
    sortedm2m "django-sortedm2m"
    taggit "django-taggit"
    timezone_field "django-timezone-field"
    tinymce "django-tinymce"
    treebeard "django-treebeard"
    wagtail "wagtail"
    wagtailmetadata "wagtail-metadata"
};

fn package(module: &str) -> Option<&'static Package> {
    let top = module.split('.').next()?;
    PACKAGES.binary_search_by(|package| package.top.cmp(top)).ok().and_then(|at| PACKAGES.get(at))
}

/// The distribution of the package that a module belongs to, where there are stubs of it.
pub(super) fn distribution(module: &str) -> Option<&'static str> {
    package(module).map(|package| package.distribution)
}

/// The distributions that there are stubs of.
pub(super) fn distributions() -> impl Iterator<Item = &'static str> {
    PACKAGES.iter().map(|package| package.distribution)
}

/// The stubs of a module: the one that stands in for it, and the one for where it is not installed. Where the version is not
/// known, only what holds for all of them counts.
pub(super) fn stubs(module: &str, version: Option<DjangoVersion>) -> Vec<Stub> {
    let Some(package) = package(module) else { return Vec::new() };
    let of_kind = |stands_in: bool| {
        let mut fitting = sections(package.text)
            .filter(|(header, _)| header.stands_in == stands_in && header.names.contains(module) && header.holds(version));
        fitting.next().map(|(_, text)| Stub { text, stands_in })
    };
    of_kind(true).into_iter().chain(of_kind(false)).collect()
}

/// The line that starts a stub.
struct Header<'t> {
    names: Names<'t>,
    condition: Option<Condition>,
    stands_in: bool,
}

struct Names<'t>(&'t str);

#[derive(Clone, Copy)]
enum Condition {
    AtLeast(DjangoVersion),
    Below(DjangoVersion),
}

impl Names<'_> {
    fn contains(&self, module: &str) -> bool {
        self.0.split(',').any(|name| name.trim() == module)
    }
}

impl<'t> Header<'t> {
    fn read(line: &'t str) -> Option<Self> {
        let (stands_in, rest) = match line.strip_prefix("#! ") {
            Some(rest) => (true, rest),
            None => (false, line.strip_prefix("#- ")?),
        };
        let (names, condition) = match rest.split_once(" if ") {
            Some((names, condition)) => (names, Some(Condition::read(condition)?)),
            None => (rest, None),
        };
        Some(Self { names: Names(names), condition, stands_in })
    }

    fn holds(&self, version: Option<DjangoVersion>) -> bool {
        match (self.condition, version) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(Condition::AtLeast(least)), Some(version)) => version >= least,
            (Some(Condition::Below(end)), Some(version)) => version < end,
        }
    }
}

impl Condition {
    /// `wagtail >= 5`
    fn read(text: &str) -> Option<Self> {
        let mut words = text.split_whitespace().skip(1);
        let (operator, version) = (words.next()?, words.next()?.parse().ok()?);
        match operator {
            ">=" => Some(Self::AtLeast(version)),
            "<" => Some(Self::Below(version)),
            _ => None,
        }
    }
}

/// Each header with the text up to the next one.
fn sections(text: &'static str) -> impl Iterator<Item = (Header<'static>, &'static str)> {
    let starts = text.match_indices("\n#").map(|(at, _)| at + 1);
    let mut headers = starts.filter_map(|at| {
        let line = text.get(at..)?.lines().next()?;
        Some((at, at + line.len(), Header::read(line)?))
    });
    let mut next = headers.next();
    std::iter::from_fn(move || {
        let (_, end, header) = next.take()?;
        next = headers.next();
        let until = next.as_ref().map_or(text.len(), |(start, ..)| *start);
        Some((header, text.get(end..until)?))
    })
}

#[cfg(test)]
mod tests;
