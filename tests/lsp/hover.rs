use crate::client::Client;
use crate::project::Project;

const MIGRATION: &str = "shop/migrations/0002_rename_note.py";

#[test]
fn an_operation_tells_its_risk() {
    let project = Project::new("rename");
    let mut client = Client::new(&project);
    client.open(MIGRATION);
    let hover = client.request_at("textDocument/hover", MIGRATION, 7, 20);
    let text = hover["contents"]["value"].as_str().unwrap();
    assert!(text.contains("**RenameField** `shop.order.note`"), "{text}");
    assert_eq!(hover["contents"]["kind"], "markdown");
}
