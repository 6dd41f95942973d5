//! Names that are kept before they are given to a query or a model: in variables, dictionaries and results.

use super::check;

const MODELS: &str = r#"
#- shop/__init__.py
#- shop/models.py
from django.db import models

class Order(models.Model):
    note = models.TextField()
    total = models.IntegerField()
    state = models.TextField()

class Tag(models.Model):
    note = models.TextField()
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
"#;

#[track_caller]
fn check_orders(fixture: &str) {
    check("shop.Order.note", &format!("{MODELS}{fixture}"));
}

#[test]
fn strings_under_a_name() {
    check_orders(
        r#"
#- shop/views.py
from shop.models import Order, Tag

COLUMNS = ["id", "note"]
#                 ^^^^ likely string
TAG_COLUMNS = ["id", "note"]

def rows(by, order: Order):
    by = {"when": "id", "what": "note"}[by]
    #                            ^^^^ likely string
    changed = []
    changed.append("note")
    #               ^^^^ likely string
    order.save(update_fields=changed)
    more = ["total"] + ["note"]
    #                    ^^^^ likely string
    text = "note"
    print(text)
    return Order.objects.order_by("-" + by).values(*COLUMNS, *more), Tag.objects.values(*TAG_COLUMNS)
"#,
    );
}

#[test]
fn expressions_in_a_dictionary() {
    check_orders(
        r#"
#- shop/views.py
from django.db.models import Count, Q
from shop.models import Order, Tag

def count(with_tags):
    found = {}
    found["notes"] = Count("note")
    #                       ^^^^ certain string
    found.update({"tags": Count("tag", filter=Q(tag__order__note="x"))})
    #                                                       ^^^^ certain lookup
    others = {"notes": Count("note")}
    conditions = Q(state="x")
    conditions |= Q(note="x")
    #               ^^^^ certain keyword
    return Order.objects.filter(conditions).annotate(**found), Tag.objects.annotate(**others)
"#,
    );
}

#[test]
fn dictionaries_that_functions_return() {
    check_orders(
        r#"
#- shop/load.py
from shop.models import Order, Tag

def order_values(row):
    return {"note": row[0], "total": 1}
    #        ^^^^ likely string

def tag_values(row):
    return {"note": row[0]}

def answer(row):
    return {"note": row[0]}

def load(rows, parse, model):
    pass

def run(rows):
    def parse(row):
        yield dict(note=row[0])
        #          ^^^^ likely keyword
    load(rows, parse, Order)
    load(rows, tag_values, Tag)
    return Order(**order_values(rows[0])), answer(rows[0])
"#,
    );
}

#[test]
fn a_name_that_is_bound_anew_is_another_dictionary() {
    check_orders(
        r#"
#- shop/load.py
from shop.models import Order

def run(values):
    print(values["note"])
    values = {"note": 1}
    #          ^^^^ certain string
    Order(**values)
    values = {"note": 2}
    return values

def again(values):
    values = dict(**values)
    values = dict(note=1, **values)
    #             ^^^^ certain keyword
    return Order(**values)
"#,
    );
}
