use super::*;
use crate::workspace::test_repository::TestRepository;
use crate::workspace::variables::Variables;
use expect_test::{Expect, expect};

fn find(project: &TestRepository) -> Result<Option<ConfigFile>, ConfigError> {
    ConfigFile::find(project.root())
}

fn file(name: &str, text: &str) -> ConfigFile {
    let project = TestRepository::without_git();
    project.write(name, text);
    find(&project).unwrap().unwrap()
}

/// The error with the line it is in and its word underlined.
#[track_caller]
fn check_error(name: &str, text: &str, expect: &Expect) {
    let project = TestRepository::without_git();
    project.write(name, text);
    let error = find(&project).unwrap_err();
    let mut shown = error.to_string();
    if let Some(span) = error.span {
        let (start, end) = (span.start as usize, span.end as usize);
        let line_start = error.text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line = error.text[line_start..].lines().next().unwrap_or_default();
        let marks = "^".repeat((end - start).clamp(1, line.len() + 1 - (start - line_start)));
        shown.push_str(&format!("\n{line}\n{}{marks}", " ".repeat(start - line_start)));
    }
    expect.assert_eq(&shown);
}

#[test]
fn every_key_is_read() {
    let file = file(
        "pyproject.toml",
        r#"
[project]
name = "shop"

[tool.preboot]
base = "heroku/main"
vendor = "mysql@8.4"
django-version = "5.2"
deploy-order = "migrate-last"
select = ["ALL"]
extend-select = ["PB4"]
ignore = ["PB501"]
fail-on = "warning"
large-tables = ["shop_order"]
require-ignore-reason = true
allow-blanket-ignore = true
exclude = ["old"]
settings-module = "shop.settings"
virtual-environment = "env"
announcement-channel = "deploys"
required-approvals = 2

[tool.preboot.per-file-ignores]
"legacy/*" = ["PB401"]
"#,
    );
    let settings = &file.settings;
    assert_eq!(settings.base.as_deref(), Some("heroku/main"));
    assert_eq!(settings.vendor.as_ref().unwrap().to_string(), "mysql@8.4");
    assert_eq!(settings.django_version.unwrap().to_string(), "5.2");
    assert_eq!(settings.deploy_order, Some(DeployOrder::MigrateLast));
    assert_eq!(settings.fail_on, Some(FailOn::Warning));
    let unsaid = serde_json::to_value(settings).unwrap().as_object().unwrap().values().filter(|value| value.is_null()).count();
    assert_eq!(unsaid, 0);
    assert!(file.excluded().is_match("shop/old"));
}

#[test]
fn our_own_file_is_stronger_and_has_no_table() {
    let project = TestRepository::without_git();
    project.write("preboot.toml", "base = \"a\"\n").write("pyproject.toml", "[tool.preboot]\nbase = \"b\"\n");
    assert_eq!(find(&project).unwrap().unwrap().settings.base.as_deref(), Some("a"));
}

#[test]
fn files_that_do_not_speak_of_us_are_passed_over() {
    let project = TestRepository::without_git();
    assert!(find(&project).unwrap().is_none());
    project.write("pyproject.toml", "[tool.black]\nline-length = 100\n");
    assert!(find(&project).unwrap().is_none());
    project.write("pyproject.toml", "[tool.black\n");
    assert!(find(&project).unwrap().is_none());
}

#[test]
fn the_nearest_file_up_to_the_top_of_the_repository_counts() {
    let project = TestRepository::new();
    project.write("preboot.toml", "exclude = [\"back/old\"]\n").write("back/manage.py", "");
    let root = project.root().join("back");
    let file = ConfigFile::find(&root).unwrap().unwrap();
    assert!(file.excluded().is_match("old"));
    assert_eq!(file.prefix(), "back/");
    project.write("back/preboot.toml", "base = \"a\"\n");
    assert_eq!(ConfigFile::find(&root).unwrap().unwrap().prefix(), "");
}

#[test]
fn a_named_file_must_be_there_and_speak_of_us() {
    let project = TestRepository::without_git();
    project.write("other.toml", "base = \"a\"\n").write("pyproject.toml", "");
    let named = |name: &str| ConfigFile::named(&project.root().join(name), project.root());
    assert_eq!(named("other.toml").unwrap().settings.base.as_deref(), Some("a"));
    assert!(named("pyproject.toml").unwrap_err().message.contains("[tool.preboot]"));
    assert!(named("gone.toml").unwrap_err().message.contains("No such file"));
}

#[test]
fn an_unknown_key_is_shown_with_the_one_that_was_meant() {
    check_error(
        "preboot.toml",
        "base = \"main\"\nignroe = [\"PB401\"]\n",
        &expect![[r#"
            preboot.toml: unknown key `ignroe`; did you mean `ignore`?
            ignroe = ["PB401"]
            ^^^^^^"#]],
    );
    check_error(
        "pyproject.toml",
        "[tool.preboot]\ncolour = true\n",
        &expect![[r#"
            pyproject.toml: unknown key `colour`; expected one of `base`, `vendor`, `django-version`, `deploy-order`, `select`, `extend-select`, `ignore`, `per-file-ignores`, `fail-on`, `large-tables`, `require-ignore-reason`, `allow-blanket-ignore`, `exclude`, `settings-module`, `virtual-environment`, `announcement-channel`, `required-approvals`
            colour = true
            ^^^^^^"#]],
    );
}

#[test]
fn wrong_values_are_shown_where_they_stand() {
    check_error(
        "preboot.toml",
        "deploy-order = \"migrate-fist\"\n",
        &expect![[r#"
            preboot.toml: unknown value `migrate-fist`; did you mean `migrate-first`?
            deploy-order = "migrate-fist"
                           ^^^^^^^^^^^^^^"#]],
    );
    check_error(
        "preboot.toml",
        "vendor = \"postgres\"\n",
        &expect![[r#"
            preboot.toml: unknown value `postgres`; did you mean `postgresql`?
            vendor = "postgres"
                     ^^^^^^^^^^"#]],
    );
    check_error(
        "preboot.toml",
        "django-version = 5.2\n",
        &expect![[r#"
            preboot.toml: invalid type: floating point `5.2`, expected a string; put it in quotes
            django-version = 5.2
                             ^^^"#]],
    );
    check_error(
        "preboot.toml",
        "select = \"PB1\"\n",
        &expect![[r#"
            preboot.toml: invalid type: string "PB1", expected a sequence
            select = "PB1"
                     ^^^^^"#]],
    );
}

#[test]
fn a_file_that_is_no_toml_is_shown() {
    check_error(
        "pyproject.toml",
        "[tool.preboot\nbase = \"main\"\n",
        &expect![[r#"
            pyproject.toml: unclosed table, expected `]`
            [tool.preboot
                         ^"#]],
    );
}

#[test]
fn broken_globs_are_shown() {
    check_error(
        "preboot.toml",
        "exclude = [\"old\", \"a[\"]\n",
        &expect![[r#"
            preboot.toml: wrong glob: unclosed character class; missing ']'
            exclude = ["old", "a["]
                              ^^^^"#]],
    );
    check_error(
        "preboot.toml",
        "[per-file-ignores]\n\"a[\" = [\"PB4\"]\n",
        &expect![[r#"
            preboot.toml: wrong glob: unclosed character class; missing ']'
            "a[" = ["PB4"]
                   ^^^^^^^"#]],
    );
}

#[test]
fn the_place_of_a_single_item_is_known() {
    let file = file("pyproject.toml", "[tool.preboot]\nignore = [\"PB1\", \"PB9\"]\nper-file-ignores = { \"a/*\" = [\"PB8\"] }\n");
    let word = |keys: &[&str], item| file.place(keys, item).map(|span| &file.text[span.range()]);
    assert_eq!(word(&["ignore"], Some(1)), Some("\"PB9\""));
    assert_eq!(word(&["per-file-ignores", "a/*"], Some(0)), Some("\"PB8\""));
    assert_eq!(word(&["ignore"], None), Some("[\"PB1\", \"PB9\"]"));
    assert_eq!(word(&["select"], None), None);
}

#[test]
fn each_value_tells_where_it_comes_from() {
    let configuration = Configuration {
        flags: Settings { fail_on: Some(FailOn::Never), ..Settings::default() },
        file: Some(file("preboot.toml", "fail-on = \"warning\"\nlarge-tables = [\"shop_order\"]\n")),
    };
    assert_eq!(configuration.settings().fail_on, Some(FailOn::Never));
    let variables: Variables = [("PREBOOT_BASE", "main")].into_iter().collect();
    let lines: Vec<String> = configuration
        .entries(&variables)
        .into_iter()
        .map(|entry| format!("{} = {} ({:?})\n", entry.key, entry.value, entry.origin))
        .collect();
    expect![[r#"
        allow-blanket-ignore = false (Default)
        announcement-channel = null (Default)
        base = "main" (Environment("PREBOOT_BASE"))
        deploy-order = "migrate-first" (Default)
        django-version = null (Default)
        exclude = [] (Default)
        extend-select = [] (Default)
        fail-on = "never" (Flag)
        ignore = [] (Default)
        large-tables = ["shop_order"] (File("preboot.toml"))
        per-file-ignores = {} (Default)
        require-ignore-reason = false (Default)
        required-approvals = 0 (Default)
        select = ["ALL"] (Default)
        settings-module = null (Default)
        vendor = null (Default)
        virtual-environment = null (Default)
    "#]]
    .assert_eq(&lines.concat());
}
