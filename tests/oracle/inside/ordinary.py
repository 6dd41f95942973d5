"""The ordinary calls: every program makes them, and a failure is one that everybody sees."""

import copy

from django.db import models

import rows


class NotApplicable(Exception):
    """The model has no place for this try."""


def probe(prober):
    """Reads, filters, relations, inserts, updates, deletes and many-to-many calls of one model."""
    read(prober)
    for field in prober.model._meta.concrete_fields:
        filters(prober, field)
    relations(prober)
    insert(prober)
    update(prober)
    delete(prober)
    for name, target, automatic in many_names(prober.model):
        many(prober, name, target, automatic)


def read(prober):
    manager = prober.model._base_manager
    prober.attempt("read", "list", lambda: list(manager.all()))
    prober.attempt("read", "first", lambda: manager.order_by("pk").first())
    prober.attempt("read", "values", lambda: list(manager.values()))
    prober.attempt("read", "count", lambda: manager.count(), rare=True)
    if prober.loaded:
        prober.attempt("read", "refresh", lambda: copy.copy(prober.loaded[0]).refresh_from_db())


def filters(prober, field):
    """Lookups of one field; the key column alone is selected, so that a column that can't be read doesn't fail here too."""
    keys = prober.model._base_manager.values_list("pk", flat=True)
    value = known_value(prober, field)

    def attempt(probe, make, rare=False):
        prober.attempt("filter", probe, lambda: list(make()), field.name, rare=rare)

    attempt("order_by", lambda: keys.order_by(field.name if not field.is_relation else field.attname))
    attempt("isnull", lambda: keys.filter(**{f"{field.name}__isnull": True}))
    if value is not None and not isinstance(field, models.BinaryField):
        attempt("exact", lambda: keys.filter(**{field.name: value}))
        attempt("in", lambda: keys.filter(**{f"{field.name}__in": [value]}), rare=True)
    if isinstance(field, (models.CharField, models.TextField)):
        attempt("startswith", lambda: keys.filter(**{f"{field.name}__startswith": "v"}), rare=True)
        attempt("icontains", lambda: keys.filter(**{f"{field.name}__icontains": "v"}), rare=True)
    if isinstance(field, (models.IntegerField, models.DecimalField, models.FloatField, models.DateField)):
        attempt("gte", lambda: keys.filter(**{f"{field.name}__gte": value}), rare=True)


def known_value(prober, field):
    """A value that a row has, or one that it might have."""
    if prober.loaded and prober.loaded[0].__dict__.get(field.attname) is not None:
        return prober.loaded[0].__dict__[field.attname]
    return invented_value(field)


def invented_value(field):
    return rows.target_row(field, 0) if field.is_relation and field.remote_field else rows.sample(field, 0)


def relations(prober):
    manager = prober.model._base_manager
    for field in prober.model._meta.concrete_fields:
        if field.is_relation and field.remote_field:
            prober.attempt("relation", "select_related", lambda field=field: list(manager.select_related(field.name)), field.name)
    for relation in prober.model._meta.related_objects:
        accessor = relation.get_accessor_name()
        if accessor and not relation.many_to_many and not relation.related_model._meta.proxy:
            prober.attempt("relation", "prefetch_reverse", lambda name=accessor: list(manager.only("pk").prefetch_related(name)), accessor)


def required(model, n):
    """A row that names only what has no default and may not be null."""
    return possible(model, rows.field_values(model, n, [field for field in rows.writable(model) if rows.is_required(field)]))


def possible(model, given):
    """The row, unless a required relation finds no free target."""
    rows.point_at_itself(model, given)
    for field in rows.writable(model):
        if field.is_relation and not rows.has_default(field) and not field.null and given.get(field.attname) is None:
            raise NotApplicable
    return given


def insert(prober):
    model = prober.model

    def everything():
        return possible(model, rows.field_values(model, rows.ROWS + 1, fresh(model)))

    prober.attempt("insert", "create_required", lambda: model._base_manager.create(**required(model, rows.ROWS + 1)))
    prober.attempt("insert", "create_all", lambda: model._base_manager.create(**everything()))
    # `bulk_create` knows neither parents nor `_order`.
    if not model._meta.parents and not model._meta.order_with_respect_to:
        prober.attempt("insert", "bulk_create", lambda: model._base_manager.bulk_create([model(**everything())]))


def fresh(model):
    """All fields of a new row, without the unique relations whose targets all have their row already."""
    return [
        field
        for field in rows.writable(model)
        if not (field.is_relation and field.null and (field.unique or field.remote_field.model is model))
    ]


def update(prober):
    model = prober.model
    if prober.loaded:
        prober.attempt("update", "save", lambda: copy.copy(prober.loaded[0]).save(force_update=True))
        if not prober.broken("read"):
            prober.attempt("update", "get_save", lambda: model._base_manager.get(pk=prober.loaded[0].pk).save())
    keys = {field.name for field in getattr(model._meta, "pk_fields", [model._meta.pk])}
    free = [field.name for field in rows.writable(model) if field.name not in keys]
    if prober.loaded and free:
        row = copy.copy(prober.loaded[0])
        prober.attempt("update", "bulk_update", lambda: model._base_manager.bulk_update([row], free), rare=True)
    for field in rows.writable(model):
        if field.name in keys:
            continue
        if prober.loaded:
            prober.attempt(
                "update", "save_field", lambda name=field.name: copy.copy(prober.loaded[0]).save(update_fields=[name]), field.name
            )
        value = invented_value(field)
        if value is None:
            continue
        one = model._base_manager.filter(pk=prober.loaded[0].pk) if prober.loaded else model._base_manager.none()
        prober.attempt("update", "queryset", lambda one=one, name=field.attname, value=value: one.update(**{name: value}), field.name)


def delete(prober):
    """Every row is used by every relation, so each is tried; where rows refer to rows of their own model, only the leaf."""
    model = prober.model
    own = any(field.is_relation and field.remote_field and field.remote_field.model is model for field in model._meta.concrete_fields)
    rest = prober.loaded[min(rows.ROWS, len(prober.loaded)) - 1 :][:1] if own else prober.loaded
    for row in rest:
        prober.attempt("delete", "instance", lambda row=row: copy.copy(row).delete(), f"row {row.pk}")
        prober.attempt("delete", "queryset", lambda row=row: model._base_manager.filter(pk=row.pk).delete(), f"row {row.pk}")


def many_names(model):
    """(accessor, other model, whether the join table is automatic) of each many-to-many relation, from both of its sides."""
    names = [(field.name, field.related_model, is_automatic(field.remote_field)) for field in model._meta.local_many_to_many]
    for relation in model._meta.related_objects:
        if relation.many_to_many and not relation.hidden:
            names.append((relation.get_accessor_name(), relation.related_model, is_automatic(relation)))
    return names


def is_automatic(relation):
    return bool(relation.through._meta.auto_created)


def many(prober, name, target, automatic):
    """A declared join model has statements of its own; through it rows are listed alone."""
    if not prober.loaded:
        return

    def manager():
        return getattr(copy.copy(prober.loaded[0]), name)

    def some():
        return list(target._base_manager.order_by("pk").values_list("pk", flat=True)[:2])

    prober.attempt("m2m", "list", lambda: list(manager().all()), name)
    if not automatic:
        return

    def add():
        manager().add(*some())
        # SQLite's INSERT OR IGNORE keeps silent about a row that it refuses.
        if not set(some()) <= set(manager().values_list("pk", flat=True)):
            raise LookupError("what was added isn't there")

    prober.attempt("m2m", "add", add, name)
    prober.attempt("m2m", "remove", lambda: manager().remove(*some()), name)
    prober.attempt("m2m", "set", lambda: manager().set(some()), name)
    prober.attempt("m2m", "clear", lambda: manager().clear(), name)
