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

/// What other programs of a CI job read.
#[test]
fn formats_of_others() {
    let project = Project::new("petition");
    for format in ["github", "gitlab", "junit", "markdown"] {
        let answer = project.preboot(&format!("check --output-format {format}"));
        assert_eq!((answer.status, answer.stderr.as_str()), (1, ""), "{format}");
        expect_file![projects().join("petition").join(format!("check.{format}"))].assert_eq(&answer.stdout);
    }
}

#[test]
fn sarif() {
    let project = Project::new("petition");
    let answer = project.preboot("check --output-format sarif");
    assert_eq!((answer.status, answer.stderr.as_str()), (1, ""));
    let log: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    let (run, rules) = (&log["runs"][0], &log["runs"][0]["tool"]["driver"]["rules"]);
    let results = run["results"].as_array().unwrap();
    let json: serde_json::Value = serde_json::from_str(&project.preboot("check --output-format json").stdout).unwrap();
    assert_eq!(results.len(), json["findings"].as_array().unwrap().len());
    for (result, finding) in results.iter().zip(json["findings"].as_array().unwrap()) {
        assert_eq!(result["ruleId"], finding["code"]);
        assert_eq!(rules[result["ruleIndex"].as_u64().unwrap() as usize]["id"], finding["code"]);
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], finding["path"]);
        assert_eq!(place["region"]["startLine"], finding["line"]);
        assert_eq!(place["region"]["endColumn"], finding["end_column"]);
    }
    let prints: std::collections::BTreeSet<_> =
        results.iter().map(|it| it["partialFingerprints"]["preboot/v1"].as_str().unwrap()).collect();
    assert_eq!(prints.len(), results.len());
}

/// The other programs of a CI job run where the repository is, not where the project in it is.
#[test]
fn paths_of_a_project_in_a_folder_lead_from_the_start() {
    let outer = Project::new("safe");
    let inner = projects().join("petition/working/campaign/migrations/0002_petition_fields.py");
    for (path, text) in [
        ("api/campaign/__init__.py", String::new()),
        ("api/campaign/migrations/__init__.py", String::new()),
        (
            "api/campaign/migrations/0001_initial.py",
            std::fs::read_to_string(projects().join("petition/deployed/campaign/migrations/0001_initial.py")).unwrap(),
        ),
        ("api/campaign/migrations/0002_petition_fields.py", std::fs::read_to_string(inner).unwrap()),
    ] {
        outer.write(path, &text);
    }
    let file = "api/campaign/migrations/0002_petition_fields.py";
    let answer = outer.preboot(&format!("check --root api --no-base --format github {file}"));
    assert!(answer.stdout.contains(&format!("file={file},line=")), "{}{}", answer.stdout, answer.stderr);
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
