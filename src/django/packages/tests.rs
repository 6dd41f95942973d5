use super::*;
use crate::django::field::FieldKind;
use crate::django::field_class::{field_kind, takes_empty_text};
use crate::django::modules::Modules;
use crate::django::names::tests::Files;
use crate::django::names::{Definition, Names as Scopes};
use crate::django::outside::Outside;
use crate::facts::facts;
use crate::facts::value::{Path, Value};
use crate::syntax::{Dialect, parse};

fn all() -> impl Iterator<Item = (&'static Package, Header, &'static str)> {
    PACKAGES.iter().flat_map(|package| sections(package.text).map(move |(header, text)| (package, header, text)))
}

#[test]
fn packages_are_found_by_the_first_part_of_a_name() {
    assert!(PACKAGES.is_sorted_by_key(|package| package.top));
    assert_eq!(distribution("wagtail.models.Page"), Some("wagtail"));
    assert_eq!(distribution("mptt"), Some("django-mptt"));
    assert_eq!(distribution("shop.models"), None);
}

#[test]
fn every_stub_is_python_and_has_names_of_its_package() {
    for package in PACKAGES {
        let marks = package.text.lines().filter(|line| line.starts_with("#-") || line.starts_with("#!")).count();
        assert_eq!(sections(package.text).count(), marks, "a line of {} starts no stub", package.top);
    }
    for (package, header, text) in all() {
        assert!(facts(&parse(text, Dialect::Module), text).errors.is_empty(), "{}", header.names);
        for name in header.names() {
            assert!(name == package.top || name.starts_with(&format!("{}.", package.top)), "{name}");
        }
    }
}

/// A base that leads nowhere would make every class of the project that inherits from it unknown.
#[test]
fn every_base_leads_to_django_or_to_another_stub() {
    let files = Files::new("#- shop.py\n");
    let modules = Modules::new(&files.paths);
    let outside = Outside::new(None, |_| "99.0".parse().ok());
    let names = Scopes { modules: &modules, source: &files, outside: Some(&outside), vendor: None, memo: None };
    for (_, header, text) in all() {
        let module = header.names().next().unwrap();
        for class in &facts(&parse(text, Dialect::Module), text).classes {
            let path = Path(format!("{module}.{}", class.name.name).into());
            let Definition::Class { file, .. } = names.definition(0, &path) else { panic!("{}", path.as_str()) };
            for base in class.bases.iter().filter_map(Value::as_path) {
                match names.definition(file, base) {
                    Definition::Class { .. } => {}
                    Definition::External(path) if path.as_str().starts_with("django.") || path.last() == "AppConfig" => {}
                    other => panic!("{}: {other:?}", base.as_str()),
                }
            }
        }
    }
}

/// The kind of a field that is declared by `declaration`, where wagtail has a version.
#[track_caller]
fn check(declaration: &str, wagtail: Option<&str>, expected: &str) {
    let files = Files::new(&format!("#- shop.py\n{declaration}\n"));
    let modules = Modules::new(&files.paths);
    let outside = Outside::new(None, |name| wagtail.filter(|_| name == "wagtail")?.parse().ok());
    let names = Scopes { modules: &modules, source: &files, outside: Some(&outside), vendor: None, memo: None };
    let call = files.facts[0].constants.last().and_then(|(_, value)| value.as_call()).unwrap();
    let kind = field_kind(call.path().unwrap(), call, &names.scope(0));
    assert_eq!(format!("{kind:?}"), expected, "{declaration}");
}

#[test]
fn a_stream_is_text_or_json_by_version_and_argument() {
    let declared = "import wagtail.fields\nbody = wagtail.fields.StreamField([])";
    check(declared, Some("2.16"), "Text");
    check(declared, Some("4.2"), "Text");
    check(declared, Some("5.0"), "Json");
    check(declared, Some("8.0"), "Json");
    check(declared, None, "Unknown");
    let json = "import wagtail.fields\nbody = wagtail.fields.StreamField([], use_json_field=True)";
    check(json, Some("4.2"), "Json");
    check(json, None, "Json");
    check("import wagtail.core.fields\nbody = wagtail.core.fields.StreamField([])", None, "Text");
    check("import wagtail.core.fields\nbody = wagtail.core.fields.StreamField([], use_json_field=True)", None, "Json");
    check("import wagtail.core.fields\nbody = wagtail.core.fields.StreamField([], True)", None, "Json");
    check("import wagtail.core.fields\nbody = wagtail.core.fields.StreamField([], **options)", None, "Unknown");
}

#[test]
fn fields_of_packages_are_what_they_are_in_the_database() {
    for (declaration, expected) in [
        ("import modelcluster.fields\nx = modelcluster.fields.ParentalKey(to='shop.Book')", "ForeignKey"),
        ("import taggit.managers\nx = taggit.managers.TaggableManager()", "Virtual"),
        ("import taggit.managers\nx = taggit.managers.TaggableManager(to='shop.Tag', through='shop.Tagged')", "ManyToMany"),
        ("import modelcluster.contrib.taggit\nx = modelcluster.contrib.taggit.ClusterTaggableManager()", "Virtual"),
        ("import mptt.fields\nx = mptt.fields.TreeForeignKey('self')", "ForeignKey"),
        ("from mptt.models import TreeForeignKey\nx = TreeForeignKey('self')", "ForeignKey"),
        ("import jsonfield\nx = jsonfield.JSONField()", "Unknown"),
        ("import djmoney.models.fields\nx = djmoney.models.fields.MoneyField()", "Decimal"),
        ("import model_utils.fields\nx = model_utils.fields.AutoLastModifiedField()", "DateTime"),
        ("import django_countries.fields\nx = django_countries.fields.CountryField()", "Char"),
    ] {
        check(declaration, None, expected);
    }
}

#[test]
fn a_stream_that_may_be_blank_fills_rows_with_an_empty_text() {
    let files = Files::new("#- shop.py\nimport django.db.models, wagtail.fields\n");
    let modules = Modules::new(&files.paths);
    let outside = Outside::default();
    let names = Scopes { modules: &modules, source: &files, outside: Some(&outside), vendor: None, memo: None };
    let takes = |class: &str| takes_empty_text(&Path(class.into()), FieldKind::Json, &names.scope(0));
    assert!(takes("wagtail.fields.StreamField"));
    assert!(!takes("django.db.models.JSONField"));
    assert!(!takes("elsewhere.JSONField"));
}
