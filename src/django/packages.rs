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
use rustc_hash::FxHashMap;
use std::sync::LazyLock;

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

/// By the name of the module, in the order of the text.
static STUBS: LazyLock<FxHashMap<&'static str, Vec<(Header, Stub)>>> = LazyLock::new(|| {
    let mut stubs: FxHashMap<_, Vec<_>> = FxHashMap::default();
    for (header, text) in PACKAGES.iter().flat_map(|package| sections(package.text)) {
        for name in header.names() {
            stubs.entry(name).or_default().push((header, Stub { text, stands_in: header.stands_in }));
        }
    }
    stubs
});

/// The stubs of a module: the one that stands in for it, and the one for where it is not installed. Where the version is not
/// known, only what holds for all of them counts.
pub(super) fn stubs(module: &str, version: Option<DjangoVersion>) -> impl Iterator<Item = Stub> {
    let all = STUBS.get(module).map_or_else(Default::default, Vec::as_slice);
    [true, false].into_iter().filter_map(move |stands_in| {
        all.iter().find(|(header, stub)| stub.stands_in == stands_in && header.holds(version)).map(|(_, stub)| *stub)
    })
}

/// The line that starts a stub.
#[derive(Clone, Copy)]
struct Header {
    /// With commas between them.
    names: &'static str,
    condition: Option<Condition>,
    stands_in: bool,
}

#[derive(Clone, Copy)]
enum Condition {
    AtLeast(DjangoVersion),
    Below(DjangoVersion),
}

impl Header {
    fn read(line: &'static str) -> Option<Self> {
        let (stands_in, rest) = match line.strip_prefix("#! ") {
            Some(rest) => (true, rest),
            None => (false, line.strip_prefix("#- ")?),
        };
        let (names, condition) = match rest.split_once(" if ") {
            Some((names, condition)) => (names, Some(Condition::read(condition)?)),
            None => (rest, None),
        };
        Some(Self { names, condition, stands_in })
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.names.split(',').map(str::trim)
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
fn sections(text: &'static str) -> impl Iterator<Item = (Header, &'static str)> {
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
