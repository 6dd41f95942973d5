use crate::project::Project;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn it_checks_again_when_a_file_changes() {
    let project = Project::new("petition");
    let mut command = Command::new(env!("CARGO_BIN_EXE_preboot"));
    command.current_dir(project.root()).args(["check", "--watch", "--output-format", "concise", "--select", "PB201"]);
    command.env_clear().envs(["PATH", "HOME"].into_iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();

    let first = lines.next().unwrap().unwrap();
    assert!(first.starts_with("campaign/views.py:5:36: PB201"), "{first}");
    project.write("campaign/views.py", &format!("\n{}", project.read("campaign/views.py")));
    let second = lines.next().unwrap().unwrap();
    assert!(second.starts_with("campaign/views.py:6:36: PB201"), "{second}");

    child.kill().unwrap();
    child.wait().unwrap();
}
