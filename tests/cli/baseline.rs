use crate::project::Project;

const MIGRATION: &str = "campaign/migrations/0002_petition_fields.py";

#[test]
fn what_is_in_the_baseline_is_left_out_until_something_new_comes() {
    let project = Project::new("petition");
    let missing = project.preboot("check --baseline known.json");
    assert_eq!(missing.status, 2);
    assert_eq!(missing.stderr, "error: there is no baseline known.json: `--write-baseline` makes it\n");

    let written = project.preboot("check --baseline known.json --write-baseline --output-format concise");
    assert_eq!((written.status, written.stdout.as_str()), (0, ""));
    assert_eq!(written.stderr, "9 findings written to known.json\n");

    let again = project.preboot("check --baseline known.json --output-format concise");
    assert_eq!((again.status, again.stdout.as_str()), (0, ""));
    assert_eq!(again.stderr, "9 findings left out: known.json has them\n");
    assert_eq!(project.preboot("check --baseline known.json --quiet").stderr, "");

    // Lines move, and what is found stays what it was.
    project.write(MIGRATION, &format!("# A comment.\n\n{}", project.read(MIGRATION)));
    assert_eq!(project.preboot("check --baseline known.json").status, 0);

    let views = project.read("campaign/views.py");
    project
        .write("campaign/views.py", &format!("{views}\n\ndef others():\n    return Petition.objects.filter(requires_postal_code=True)\n"));
    let new = project.preboot("check --baseline known.json --output-format concise");
    assert_eq!(new.status, 1);
    assert_eq!(new.stdout.lines().count(), 1, "{}", new.stdout);
    assert!(new.stdout.contains("PB201"), "{}", new.stdout);

    // The same once more is one more than is known.
    project
        .write("campaign/views.py", &format!("{views}\n\ndef others():\n    return Petition.objects.filter(requires_country_code=True)\n"));
    let new = project.preboot("check --baseline known.json --output-format concise");
    assert_eq!((new.status, new.stdout.lines().count()), (1, 1), "{}", new.stdout);
}

#[test]
fn what_is_gone_is_said_and_pruned() {
    let project = Project::new("petition");
    project.preboot("check --baseline known.json --write-baseline");
    project.write("campaign/views.py", "");
    let after = project.preboot("check --baseline known.json --output-format concise");
    assert_eq!(after.status, 0);
    assert_eq!(
        after.stderr,
        "8 findings left out: known.json has them\n1 finding in known.json can't be found any more: `--prune-baseline` takes them out\n"
    );
    // What the PATH leaves out is not gone.
    let elsewhere = project.preboot(&format!("check --baseline known.json --prune-baseline --output-format concise {MIGRATION}"));
    assert_eq!(elsewhere.stderr, "8 findings left out: known.json has them\n");
    let pruned = project.preboot("check --baseline known.json --prune-baseline --output-format concise");
    assert_eq!(
        pruned.stderr,
        "8 findings left out: known.json has them\n1 finding taken out of known.json: nothing is found there any more\n"
    );
    assert!(!project.read("known.json").contains("PB201"));
    assert_eq!(project.preboot("check --baseline known.json --output-format concise").stderr, "8 findings left out: known.json has them\n");
}

#[test]
fn a_path_writes_only_its_part_of_the_baseline() {
    let project = Project::new("petition");
    project.preboot("check --baseline known.json --write-baseline");
    let all = project.read("known.json");
    project.write("campaign/views.py", "");
    project.preboot(&format!("check --baseline known.json --write-baseline {MIGRATION}"));
    assert_eq!(project.read("known.json"), all);
}

#[test]
fn a_file_that_is_no_baseline_is_an_error() {
    let project = Project::new("petition");
    for (text, words) in [("[]", "known.json is no baseline"), (r#"{"version": 2, "findings": []}"#, "is of version 2")] {
        project.write("known.json", text);
        let answer = project.preboot("check --baseline known.json");
        assert_eq!(answer.status, 2);
        assert!(answer.stderr.contains(words), "{}", answer.stderr);
        assert_eq!(project.read("known.json"), text);
    }
    assert_eq!(project.preboot("check --write-baseline").status, 2);
}
