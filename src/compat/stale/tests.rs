//! A field that moves from one column to another, with and without what keeps both alike.

use super::{Renamed, Window, stale};
use crate::django::field::ModelKey;
use crate::django::models::Models;
use crate::schema::test_support::{POSTGRESQL, run};
use expect_test::{Expect, expect};
use std::collections::BTreeSet;

const DEPLOYED: &str = "CreateModel('Order', [('id', models.BigAutoField(primary_key=True)), ('note', models.TextField())])";
const BESIDE: &str =
    "AlterField('order', 'note', models.TextField(null=True)), AddField('order', 'note_new', models.TextField(null=True)),";
const MOVE: &str = "SeparateDatabaseAndState(state_operations=[RemoveField('order', 'note'), RenameField('order', 'note_new', 'note'),
    AlterField('order', 'note', models.TextField(db_column='note_new'))]),";

/// A trigger that gives these columns their values.
fn trigger(assigns: &[&str]) -> String {
    let body: String = assigns.iter().map(|column| format!("NEW.{column} := 1; ")).collect();
    format!(
        "RunSQL(['CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}RETURN NEW; END $$',
                 'CREATE TRIGGER t BEFORE INSERT OR UPDATE ON shop_order FOR EACH ROW EXECUTE FUNCTION f()']),"
    )
}

fn check(new: &str, copied: &[&str], renamed: &[Renamed], expected: &Expect) {
    let change = run(DEPLOYED, new, POSTGRESQL);
    let (before, after) = (Models::render(&change.state_before), Models::render(&change.state_after));
    let copied: BTreeSet<_> = copied.iter().map(|column| ("shop_order".into(), (*column).into())).collect();
    let window = Window { before: &before, after: &after, schema: &change.schema_after, renamed, copied: &copied };
    let found: Vec<String> = stale(&window).iter().map(|it| format!("{}.{}: {}\n", it.model, it.field, it.why())).collect();
    expected.assert_eq(&found.concat());
}

#[test]
fn a_new_column_that_nobody_fills_is_stale_for_both() {
    check(
        &format!("{BESIDE}{MOVE}"),
        &[],
        &[],
        &expect![[r#"
        shop.Order.note: nothing writes to shop_order.note_new what the code before it writes
        shop.Order.note: nothing writes to shop_order.note what the code after it writes
    "#]],
    );
}

#[test]
fn a_trigger_that_writes_one_way_alone_hides_the_writes_of_the_other() {
    check(
        &format!("{BESIDE}{}{MOVE}", trigger(&["note_new"])),
        &["note_new"],
        &[],
        &expect![[r#"
        shop.Order.note: nothing writes to shop_order.note what the code after it writes
    "#]],
    );
}

#[test]
fn rows_that_were_there_are_copied_or_missing() {
    let both = trigger(&["note", "note_new"]);
    check(
        &format!("{BESIDE}{both}{MOVE}"),
        &[],
        &[],
        &expect![[r#"
        shop.Order.note: the rows that exist have no value in shop_order.note_new
    "#]],
    );
    check(&format!("{BESIDE}{both}{MOVE}"), &["note_new"], &[], &expect![[""]]);
}

#[test]
fn a_renamed_field_is_the_same_field() {
    let renamed = Renamed {
        model: ModelKey::new("shop", "order"),
        new_model: ModelKey::new("shop", "order"),
        field: Some(("note".into(), "text".into())),
    };
    let moved = "AddField('order', 'text', models.TextField(null=True)), SeparateDatabaseAndState(state_operations=[RemoveField('order', 'note')]),";
    check(moved, &[], &[], &expect![[""]]);
    check(
        moved,
        &[],
        &[renamed],
        &expect![[r#"
        shop.Order.text: nothing writes to shop_order.text what the code before it writes
        shop.Order.note: nothing writes to shop_order.note what the code after it writes
    "#]],
    );
}

#[test]
fn what_stays_in_its_column_is_not_stale() {
    check("AlterField('order', 'note', models.TextField(null=True))", &[], &[], &expect![[""]]);
}
