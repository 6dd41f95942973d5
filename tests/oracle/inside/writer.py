"""Writes rows as a version does while it serves, and reads back what became of them."""

import json

from django.apps import apps
from django.db import connection, transaction

import conditions
import ordinary
import rows


def write(first, only):
    """Commits a new row of each model, and changes one that exists; what was written, as `[label, key, {field: value}]`.

    `first` numbers the values: a hundred for each deploy, ten for each turn. `only` maps labels to the fields that this version writes by its own will; the others keep their defaults."""
    written, refused = [], []
    for model in rows.in_order():
        fields = [field for field in rows.writable(model) if field.name in only.get(model._meta.label, ())]
        needed = [field for field in rows.writable(model) if rows.is_required(field) and field not in fields]
        if model._meta.label not in only:
            continue
        for what, act in (("insert", insert_one), ("update", change_one)):
            try:
                with transaction.atomic():
                    new = act(model, first, fields, needed)
                    connection.check_constraints()
                written += new
            except ordinary.NotApplicable:
                continue
            except Exception as error:
                # That a value is taken is the rows' doing, which are few here.
                if conditions.nature(model, error) is None:
                    refused.append(f"{model._meta.label} {what}: {type(error).__name__}: {error}")
    return {"written": written, "refused": refused}


def insert_one(model, number, fields, needed):
    """Makes a row whose relations point where no row points yet, as far as there is such a target."""
    given = rows.field_values(model, number, fields + needed)
    for field in fields + needed:
        if field.is_relation and field.remote_field:
            free = [key for key in rows.target_keys(field) if key not in rows.taken_keys(field)]
            given[field.attname] = free[0] if free else None if field.null else given[field.attname]
    instance = model(**ordinary.possible(model, given))
    instance.save(force_insert=True)
    return [[model._meta.label, repr(instance.pk), values(instance, fields)]]


def change_one(model, number, fields, _needed):
    """Changes the plain fields of a row, as a form does; each turn another row, so that no later turn covers up what was lost."""
    turn = (number // 100 - 1) * 3 + number % 100 // 10
    instance = next(iter(model._base_manager.order_by("pk")[turn : turn + 1]), None)
    targets = {relation.field.target_field for relation in model._meta.related_objects if not relation.many_to_many}
    plain = [field for field in fields if not field.is_relation and not field.primary_key and field not in targets]
    if instance is None or not plain:
        return []
    for attname, value in rows.field_values(model, number + 1, plain).items():
        setattr(instance, attname, value)
    instance.save()
    return [[model._meta.label, repr(instance.pk), values(instance, plain)]]


def values(instance, fields):
    """What the row says, read again so that the database has had its word."""
    fresh = type(instance)._base_manager.get(pk=instance.pk)
    return {field.name: plain_text(getattr(fresh, field.attname)) for field in fields}


def plain_text(value):
    """A form in which the same value of two types is the same."""
    if isinstance(value, memoryview):
        value = bytes(value)
    if isinstance(value, bool):
        return str(int(value))
    return as_text(value)


def read(wanted):
    """The values of rows now, for `{label: [[key, [field, ...]], ...]}`; a row that is gone is None."""
    found = {}
    for label, entries in wanted.items():
        model = apps.get_model(label)
        by_key = {repr(instance.pk): instance for instance in model._base_manager.all()}
        for key, names in entries:
            instance = by_key.get(key)
            attnames = {name: model._meta.get_field(name).attname for name in names}
            found[f"{label} {key}"] = instance and {name: plain_text(getattr(instance, attname)) for name, attname in attnames.items()}
    return found


def all_rows():
    """Everything that there is, as `write` would tell of it."""
    told = []
    for model in rows.concrete():
        for instance in model._base_manager.all():
            told.append([model._meta.label, repr(instance.pk), values(instance, rows.writable(model))])
    return told


def texts():
    """{app.Model.field: ordinary values as texts} of the plain fields that hold no texts themselves."""
    found = {}
    for model in rows.concrete():
        for field in rows.writable(model):
            if not field.is_relation and field.get_internal_type() not in ("CharField", "TextField", "SlugField", "BinaryField"):
                found[f"{model._meta.label}.{field.name}"] = [as_text(rows.sample(field, n)) for n in range(400)]
    return found


def as_text(value):
    return json.dumps(value) if isinstance(value, (dict, list)) else str(value)
