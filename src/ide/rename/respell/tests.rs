use super::*;
use crate::facts::facts;
use crate::phases::write::python::{Names, python};
use crate::syntax::{Dialect, parse};

fn value(text: &str) -> Value {
    let text = format!("from django.db import models\nfrom django.db.models import functions\nimport shop\nx = {text}\n");
    let facts = facts(&parse(&text, Dialect::Module), &text);
    facts.constants.iter().find(|(name, _)| name == "x").unwrap().1.clone()
}

fn to_remark(path: &str) -> Option<String> {
    let (sign, path) = path.strip_prefix('-').map_or(("", path), |rest| ("-", rest));
    let rest = path.strip_prefix("note").filter(|rest| rest.is_empty() || rest.starts_with("__"))?;
    Some(format!("{sign}remark{rest}"))
}

/// `=` for a declaration that stays, `?` for one that is not understood.
fn respelled(text: &str) -> String {
    match (Respell { path: &to_remark }).constraint(&value(text)) {
        Ok(None) => "=".to_owned(),
        Err(Unclear) => "?".to_owned(),
        Ok(Some(value)) => python(&value, &Names { models: "models", quote: '"' }).unwrap().text,
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(respelled(text), expected, "{text}");
}

#[test]
fn the_fields_of_an_index_follow_and_its_own_name_stays() {
    check(r#"models.Index(fields=["-note", "total"], name="note")"#, r#"models.Index(fields=["-remark", "total"], name="note")"#);
    check(
        r#"models.Index(fields=["total"], include=["note"], name="a")"#,
        r#"models.Index(fields=["total"], include=["remark"], name="a")"#,
    );
    check(r#"models.Index(fields=["total"], opclasses=["note"], name="note")"#, "=");
    check(r#"models.Index("note", name="a")"#, r#"models.Index("remark", name="a")"#);
    check(
        r#"models.Index(models.F("note").desc(nulls_last=True), name="a")"#,
        r#"models.Index(models.F("remark").desc(nulls_last=True), name="a")"#,
    );
    check(
        r#"models.Index(models.OrderBy(models.F("note"), descending=True), name="a")"#,
        r#"models.Index(models.OrderBy(models.F("remark"), descending=True), name="a")"#,
    );
}

#[test]
fn values_stay() {
    check(
        r#"models.CheckConstraint(check=models.Q(note="note"), name="note")"#,
        r#"models.CheckConstraint(check=models.Q(remark="note"), name="note")"#,
    );
    check(
        r#"models.CheckConstraint(condition=models.Q(("note__in", ["note"])), name="a")"#,
        r#"models.CheckConstraint(condition=models.Q(("remark__in", ["note"])), name="a")"#,
    );
    check(r#"models.CheckConstraint(check=models.Q(total="note"), name="a")"#, "=");
    check(
        r#"models.UniqueConstraint(fields=["total"], condition=~models.Q(note="note") | models.Q(total=models.F("note")), name="a")"#,
        r#"models.UniqueConstraint(fields=["total"], condition=~models.Q(remark="note") | models.Q(total=models.F("remark")), name="a")"#,
    );
    check(
        r#"models.UniqueConstraint(models.functions.Coalesce("note", models.Value("note")), name="a")"#,
        r#"models.UniqueConstraint(django.db.models.functions.Coalesce("remark", models.Value("note")), name="a")"#,
    );
    check(
        r#"models.UniqueConstraint(models.Case(models.When(note="a", then="note"), default=models.Value("note")), name="a")"#,
        r#"models.UniqueConstraint(models.Case(models.When(remark="a", then="remark"), default=models.Value("note")), name="a")"#,
    );
}

#[test]
fn what_is_not_understood_is_said_only_where_it_may_name_the_field() {
    check(r#"models.Index(shop.Own("total"), name="a")"#, "=");
    check(r#"models.Index(shop.Own("note"), name="a")"#, "?");
    check(r#"models.CheckConstraint(check=shop.Own(note=1), name="a")"#, "?");
    check(r#"models.CheckConstraint(check=shop.CONDITION, name="a")"#, "?");
    check(r#"models.CheckConstraint(check=models.Q(total=lambda: 1), name="a")"#, "?");
}
