use crate::project::Project;
use expect_test::expect;

#[test]
fn rules_lists_them_all() {
    let project = Project::new("safe");
    let text = project.preboot("rules").stdout;
    assert!(text.contains("PB101  error    removed-column-in-use "), "{text}");
    let json: serde_json::Value = serde_json::from_str(&project.preboot("rules --output-format json").stdout).unwrap();
    assert_eq!(json.as_array().unwrap().len(), text.lines().count());
    assert_eq!(json[0]["code"], "PB001");
}

#[test]
fn explain_prints_the_page_of_a_rule() {
    let project = Project::new("safe");
    let by_code = project.preboot("explain pb101");
    assert_eq!(by_code.status, 0);
    assert!(by_code.stdout.starts_with("# removed-column-in-use (PB101)\n"), "{}", by_code.stdout);
    assert_eq!(project.preboot("explain removed-column-in-use").stdout, by_code.stdout);
    let wrong = project.preboot("explain PB10l");
    assert_eq!((wrong.status, wrong.stdout.as_str()), (2, ""));
    expect![[""]].assert_eq(&wrong.stderr);
}

#[test]
fn explain_tells_the_risk_at_a_place() {
    let project = Project::new("petition");
    let answer = project.preboot("explain campaign/migrations/0002_petition_fields.py:11");
    assert_eq!(answer.stderr, "");
    expect![[""]].assert_eq(&answer.stdout);
    assert_eq!(project.preboot("explain campaign/migrations/0002_petition_fields.py:1").status, 2);
    assert_eq!(project.preboot("explain campaign/nothing.py:1").status, 2);
}

#[test]
fn config_says_where_each_value_came_from() {
    let project = Project::new("safe");
    project.write("pyproject.toml", "[tool.preboot]\nvendor = \"mysql\"\nignore = [\"PB4\"]\n");
    let answer = project.preboot("config --django-version 4.2");
    assert_eq!(answer.stderr, "");
    expect![[""]].assert_eq(&answer.stdout);
}
