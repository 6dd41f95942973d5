use crate::client::Client;
use crate::project::Project;

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";

#[test]
fn a_migration_that_breaks_the_deployed_code_says_so() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    client.diagnostics(MIGRATION);
    client.wait_for_codes(MIGRATION, &["8 PB103", "8 PB301", "8 PB304"]);
}

#[test]
fn files_that_are_not_open_have_diagnostics_too() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.wait_for_codes(MIGRATION, &["8 PB103", "8 PB301", "8 PB304"]);
}
