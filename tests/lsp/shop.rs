//! A small shop in which files of all kinds name the fields of an order.

use crate::project::Project;

const FILES: &[(&str, &str)] = &[
    (
        "shop/models.py",
        r#"from django.db import models


class Customer(models.Model):
    email = models.EmailField()


class Order(models.Model):
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE)
    note = models.CharField(max_length=200, null=True)
    total = models.IntegerField()

    def is_paid(self):
        return self.total == 0
"#,
    ),
    (
        "shop/views.py",
        r#"from .models import Order


def notes(request):
    for order in Order.objects.filter(note__startswith="a").order_by("total", "customer_id"):
        print(order.note, order.get_note_display())
"#,
    ),
    (
        "shop/admin.py",
        r#"from django.contrib import admin
from .models import Order


@admin.register(Order)
class OrderAdmin(admin.ModelAdmin):
    list_display = ["note", "customer"]
"#,
    ),
    ("shop/templates/shop/order.html", "{{ order.note }} is a note\n"),
    (
        "shop/fixtures/orders.json",
        r#"[{"model": "shop.order", "pk": 1, "fields": {                           "note": "a", "customer": 1}}]
"#,
    ),
    ("shop/queries/report.sql", "SELECT note FROM shop_order;\n"),
];

pub(crate) fn shop() -> Project {
    let project = Project::new("rename");
    std::fs::remove_file(project.root().join("shop/migrations/0002_rename_note.py")).unwrap();
    for (path, text) in FILES {
        project.write(path, text);
    }
    project.commit_all();
    project
}

/// Line and column, counted from 0, of the first place where the words stand, and `skip` columns on.
pub(crate) fn place(project: &Project, path: &str, words: &str, skip: u32) -> (u32, u32) {
    let text = project.read(path);
    let (line, column) = text.lines().enumerate().find_map(|(line, text)| Some((line, text.find(words)?))).unwrap();
    (line as u32, column as u32 + skip)
}
