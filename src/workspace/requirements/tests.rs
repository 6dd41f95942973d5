use super::*;

fn requirements(files: &[(&str, &str)]) -> Requirements {
    Requirements::new(files.iter().flat_map(|(path, text)| of_file(&Arc::from(*path), text)).collect())
}

/// `DJANGO DRIVER`, with `?` for what is not known.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &str) {
    let found = requirements(files);
    let django = found.django_version().map_or("?".to_owned(), |version| version.to_string());
    let driver = found.driver().map_or("?", VendorKind::name);
    assert_eq!(format!("{django} {driver}"), expected);
}

#[test]
fn requirements_files() {
    let text = "\
# Django==1.0
-r base.txt
--index-url https://example.com
Django[argon2]==4.2.11 \\
    --hash=sha256:abc \\
    --hash=sha256:def
    # via -r base.in
psycopg2-binary==2.9 ; python_version > '3.8'
gunicorn
";
    check(&[("requirements.txt", text)], "4.2 postgresql");
    check(&[("requirements.txt", "django>=3.2,<4 # pinned by hand\nmysqlclient\n")], "3.2 mysql");
    check(&[("requirements.txt", "-e git+https://example.com/django.git@x#egg=Django\nPyMySQL\n")], "? mysql");
    check(&[("requirements.txt", "django @ https://example.com/django.zip\ncx_Oracle==8\n")], "? oracle");
    check(&[("requirements.txt", "django-environ==0.11\ndjangorestframework==3.15\n")], "? ?");
}

#[test]
fn lock_files() {
    let lock = "version = 1\n\n[[package]]\nname = \"django\"\nversion = \"5.2.1\"\nsource = { registry = \"x\" }\ndependencies = [\n    { name = \"sqlparse\" },\n]\n\n[package.metadata]\nversion = \"9\"\n\n[[package]]\nname = \"psycopg\"\nversion = \"3.2\"\n";
    for path in ["uv.lock", "poetry.lock", "pdm.lock"] {
        check(&[(path, lock)], "5.2 postgresql");
    }
    check(&[("pylock.toml", &lock.replace("[[package]]", "[[packages]]"))], "5.2 postgresql");
    let pipfile = r#"{"default": {"django": {"version": "==4.1.3"}, "mysqlclient": {"version": "==2.1"}}, "develop": {}}"#;
    check(&[("Pipfile.lock", pipfile)], "4.1 mysql");
}

#[test]
fn project_files() {
    check(&[("pyproject.toml", "[project]\ndependencies = [\"Django>=4.2,<5.3\", \"psycopg[binary]>=3\"]\n")], "4.2 postgresql");
    check(&[("pyproject.toml", "[project.optional-dependencies]\nmysql = [\"mysqlclient\"]\n")], "? mysql");
    check(&[("pyproject.toml", "[dependency-groups]\nprod = [\"django~=5.1.0\", {include-group = \"x\"}]\n")], "5.1 ?");
    check(
        &[("pyproject.toml", "[tool.poetry.dependencies]\npython = \"^3.12\"\ndjango = \"^4.2\"\npsycopg2 = {version = \"*\"}\n")],
        "4.2 postgresql",
    );
    check(&[("pyproject.toml", "[tool.poetry.group.main.dependencies]\ndjango = [{version = \"~5.0\", python = \"3.12\"}]\n")], "5.0 ?");
    check(&[("Pipfile", "[packages]\ndjango = \"~=3.2.0\"\noracledb = {version = \"*\"}\n")], "3.2 oracle");
    check(
        &[(
            "setup.cfg",
            "[options]\ninstall_requires =\n    Django>=3.2\n    # psycopg2\n    requests\n[options.extras_require]\nmysql =\n    mysqlclient\n",
        )],
        "3.2 mysql",
    );
    check(&[("setup.py", "setup(name='shop', version='1.0', install_requires=['Django>=4.2,<6', \"psycopg2>=2.9\"])\n")], "4.2 postgresql");
}

#[test]
fn conda_environments() {
    let text = "dependencies:\n  - python=3.12\n  - django=4.2.7=pyhd8ed1ab_0\n  - pip:\n    - psycopg2-binary==2.9.9\n";
    check(&[("environment.yml", text)], "4.2 postgresql");
    check(&[("environment.yml", "dependencies:\n  - django>=5.1\n")], "5.1 ?");
}

#[test]
fn an_exact_version_wins_over_a_range() {
    let project = ("pyproject.toml", "[project]\ndependencies = [\"django>=4.2\"]\n");
    check(&[project, ("uv.lock", "[[package]]\nname = \"django\"\nversion = \"5.2.1\"\n")], "5.2 ?");
    check(&[project, ("requirements/base.txt", "Django==5.1.4\n")], "5.1 ?");
}

#[test]
fn a_file_nearer_to_the_root_wins() {
    check(&[("requirements.txt", "django==4.2\n"), ("tools/requirements.txt", "django==5.2\n")], "4.2 ?");
    // The lock of a tool is none of the project, whose own range excludes it.
    let project = ("pyproject.toml", "[project]\ndependencies = [\"django>=4.2,<5\"]\n");
    check(&[project, ("tools/uv.lock", "[[package]]\nname = \"django\"\nversion = \"5.2.1\"\n")], "4.2 ?");
}

#[test]
fn files_for_tests_and_documentation_come_last() {
    check(&[("dev-requirements.txt", "django==5.2\nmysqlclient\n"), ("requirements.txt", "django==4.2\npsycopg2\n")], "4.2 postgresql");
    check(&[("docs/requirements.txt", "django==5.2\n")], "5.2 ?");
}

#[test]
fn drivers_of_several_databases_decide_nothing() {
    check(&[("requirements.txt", "psycopg2\nmysqlclient\n")], "? ?");
    check(&[("requirements.txt", "psycopg\npsycopg-binary\n")], "? postgresql");
}

#[test]
fn a_broken_file_asks_for_nothing() {
    for path in ["pyproject.toml", "Pipfile", "Pipfile.lock", "uv.lock", "setup.cfg", "setup.py", "requirements.txt", "environment.yml"] {
        assert_eq!(of_file(&Arc::from(path), "[[[ \"'= \u{0}").len(), 0, "{path}");
    }
}
