use crate::project::{Project, projects};
use expect_test::expect_file;

/// The three formats of a project's check, and its exit status.
#[track_caller]
fn golden(name: &str, status: i32) {
    let project = Project::new(name);
    for format in ["full", "concise", "json"] {
        let answer = project.preboot(&format!("check --output-format {format}"));
        assert_eq!(answer.stderr, "");
        assert_eq!(answer.status, status);
        expect_file![projects().join(name).join(format!("check.{format}"))].assert_eq(&answer.stdout);
    }
}

/// Two booleans go and three come, on Django 3.2: what a real project deployed and had to revert.
#[test]
fn petition() {
    golden("petition", 1);
}

#[test]
fn rename() {
    golden("rename", 1);
}

#[test]
fn safe() {
    golden("safe", 0);
}

#[test]
fn two_runs_print_the_same_bytes() {
    let project = Project::new("petition");
    let [first, second] = [(); 2].map(|()| project.preboot("check --output-format json").stdout);
    assert_eq!(first, second);
}

#[test]
fn the_exit_status_says_how_it_went() {
    let project = Project::new("petition");
    let status = |arguments: &str| project.preboot(arguments).status;
    assert_eq!(status("check --fail-on never"), 0);
    assert_eq!(status("check --select PB305"), 0, "a warning is no error");
    assert_eq!(status("check --select PB305 --fail-on warning"), 1);
    assert_eq!(status("check --base nowhere"), 2);
    assert_eq!(status("check --select XY1"), 2);
    assert_eq!(status("check --output-format nothing"), 2);
    assert_eq!(status("check --root nowhere"), 2);
}

#[test]
fn a_path_filters_what_is_reported() {
    let project = Project::new("petition");
    let codes = |arguments: &str| -> Vec<String> {
        let text = project.preboot(arguments).stdout;
        text.lines().filter_map(|line| Some(line.split(' ').nth(1)?.to_owned())).collect()
    };
    assert_eq!(codes("check --format concise campaign/views.py"), ["PB201"]);
    assert!(codes("check --format concise campaign/migrations").contains(&"PB101".to_owned()));
    assert_eq!(codes("check --format concise"), codes("check --format concise ."));
    assert_eq!(project.preboot("check ../elsewhere").status, 2);
}

#[test]
fn a_suppression_takes_its_finding_away_and_is_reported_when_there_is_none() {
    let project = Project::new("safe");
    let path = "shop/migrations/0002_order_place.py";
    let text = project.read(path).replace("null=True)),", "null=True)),  # preboot: ignore[PB105]");
    project.write(path, &text);
    let answer = project.preboot("check --format concise");
    assert_eq!(answer.stdout, "shop/migrations/0002_order_place.py:8:93: PB001 [hint] there is no PB105 to ignore here\n");
    let project = Project::new("rename");
    let path = "shop/migrations/0002_rename_note.py";
    let text = project.read(path).replace("\"remark\"),", "\"remark\"),  # preboot: ignore[PB103, PB304] nobody is there at night");
    project.write(path, &text);
    let answer = project.preboot("check --format concise");
    assert!(!answer.stdout.contains(path), "{}", answer.stdout);
}

#[test]
fn without_git_the_given_migrations_are_new() {
    let project = Project::new("petition");
    let git = project.preboot("check --format concise").stdout;
    let given = project.preboot("check --no-base --format concise campaign/migrations/0002_petition_fields.py");
    let of_migration = |text: &str| -> Vec<String> { text.lines().filter(|it| it.contains("/migrations/")).map(str::to_owned).collect() };
    assert_eq!(of_migration(&given.stdout), of_migration(&git));
    assert_eq!(given.status, 1);
    let guessed = project.preboot("check --no-base --format concise");
    assert_eq!(guessed.status, 0);
    assert!(guessed.stdout.lines().all(|line| line.contains("[info]") || line.contains("[hint]")), "{}", guessed.stdout);
}

#[test]
fn a_committed_change_is_judged_against_its_first_parent() {
    let project = Project::new("petition");
    let dirty = project.preboot("check --format concise").stdout;
    project.commit_all();
    assert_eq!(project.preboot("check --format concise").stdout, dirty);
}

#[test]
fn a_wrong_key_is_shown_in_the_file() {
    let project = Project::new("safe");
    project.write("preboot.toml", "vendor = \"postgresql@15\"\nignroe = []\n");
    let answer = project.preboot("check");
    assert_eq!((answer.status, answer.stdout.as_str()), (2, ""));
    expect_test::expect![[r#"
        error: unknown key `ignroe`
         --> preboot.toml:2:1
          |
        2 | ignroe = []
          | ^^^^^^
          |
          = help: did you mean `ignore`?
    "#]]
    .assert_eq(&answer.stderr);
}
