//! What can't be read or followed is never safe.

use crate::project::Project;
use serde_json::Value;

const NEW: &str = "campaign/migrations/0003_new.py";
const HEAD: &str = "from django.db import migrations, models\n";
const DEPENDS: &str = "    dependencies = [(\"campaign\", \"0001_initial\")]\n";

/// The petition project without its own change, with `files` on top, committed as deployed but for them.
fn verdict(files: &[(&str, &str)]) -> (String, String) {
    let project = Project::new("petition");
    std::fs::remove_file(project.root().join("campaign/migrations/0002_petition_fields.py")).unwrap();
    project.restore("campaign/models.py");
    project.restore("campaign/views.py");
    for (path, text) in files {
        project.write(path, text);
    }
    let answer: Value = serde_json::from_str(&project.preboot("check --base HEAD --output-format json").stdout).unwrap();
    (answer["change"]["verdict"].as_str().unwrap().to_owned(), answer["notes"].to_string())
}

#[test]
fn a_new_migration_with_a_syntax_error_is_unknown() {
    let text = format!("{HEAD}\nclass Migration(migrations.Migration):\n{DEPENDS}    operations == [)\n");
    let (verdict, notes) = verdict(&[(NEW, &text)]);
    assert_eq!(verdict, "unknown");
    assert!(notes.contains("syntax error"), "{notes}");
}

#[test]
fn a_new_migration_that_is_no_text_is_unknown() {
    let (verdict, notes) = verdict(&[(NEW, "class Migration:\0")]);
    assert_eq!(verdict, "unknown");
    assert!(notes.contains(NEW), "{notes}");
}

#[test]
fn operations_are_inherited_from_a_class_of_another_file() {
    let base = format!(
        "{HEAD}\nclass Drop(migrations.Migration):\n    operations = [migrations.RemoveField(\"petition\", \"requires_country_code\")]\n"
    );
    let text = format!("from ..base import Drop\n\nclass Migration(Drop):\n{DEPENDS}");
    assert_eq!(verdict(&[("campaign/base.py", &base), (NEW, &text)]).0, "breaks");
}

#[test]
fn a_base_class_that_is_not_at_hand_is_unknown() {
    let text = format!("from elsewhere import Drop\n\nclass Migration(Drop):\n{DEPENDS}");
    assert_eq!(verdict(&[(NEW, &text)]).0, "unknown");
    let text = "from elsewhere import Drop as Migration\n";
    assert_eq!(verdict(&[(NEW, text)]).0, "unknown");
}

#[test]
fn a_required_column_that_only_the_models_forget_is_an_error() {
    let project = Project::new("petition");
    std::fs::remove_file(project.root().join("campaign/migrations/0002_petition_fields.py")).unwrap();
    project.restore("campaign/views.py");
    let answer = project.preboot("check --base HEAD --output-format concise");
    assert!(answer.stdout.contains("PB205 [error]"), "{}", answer.stdout);
    assert_eq!(answer.status, 1);
}

#[test]
fn text_that_moves_in_a_deployed_migration_changes_nothing() {
    let project = Project::new("safe");
    let path = "shop/migrations/0001_initial.py";
    let text = project.read(path);
    project.write(path, &format!("# A comment.\n\n{}", text.replace("operations = [", "operations = [  # all of them")));
    let answer = project.preboot("check --base HEAD --output-format concise");
    assert!(!answer.stdout.contains("PB603"), "{}", answer.stdout);
    assert_eq!(answer.status, 0);
}

#[test]
fn a_path_that_is_not_there_is_a_mistake() {
    let project = Project::new("safe");
    let answer = project.preboot("check --base HEAD shop/migrations/0003_typo.py");
    assert_eq!(answer.status, 2);
    assert!(answer.stderr.contains("shop/migrations/0003_typo.py"), "{}", answer.stderr);
}

#[test]
fn where_no_project_is_nothing_is_called_safe() {
    let project = Project::new("safe");
    project.write("docs/index.md", "# Docs\n");
    let answer = project.preboot("check --root docs --no-base");
    assert!(answer.stdout.contains("no migration was found") && !answer.stdout.contains("Safe"), "{}", answer.stdout);
    assert_eq!(answer.status, 0);
}
