"""The calls that fail for some rows or writes only, each under the condition that it stands for."""

import itertools
import re

from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, connection, models

import ordinary
import rows
import values


def nature(model, error, is_changed=False):
    """The condition that an error names by itself, or None; `is_changed` where the call wrote an invented value over a row's own."""
    if isinstance(error, ObjectDoesNotExist) or isinstance(error, DatabaseError) and "did not affect any rows" in str(error):
        return "rows_gone"
    if isinstance(error, IntegrityError) and (taken_columns(error) if is_changed else is_duplicate(model, error)):
        return "duplicate"
    if is_changed and isinstance(error, IntegrityError) and is_rule(error):
        return "violating_write"
    return None


def is_rule(error):
    """Whether a CHECK or a foreign key refuses the values."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if connection.vendor == "mysql":
        return error.args[0] in (4025, 1452)
    if diagnosis is not None:
        return diagnosis.sqlstate in ("23514", "23503")
    return str(error).startswith("CHECK constraint failed") or "has an invalid foreign key" in str(error)


def is_duplicate(model, error):
    """Whether a key is taken: that depends on the other rows.

    It doesn't where the database hands out the keys itself, nor where the key is a relation: rows that exist use every target."""
    columns = taken_columns(error)
    related = {field.column for field in model._meta.concrete_fields if field.is_relation}
    return bool(columns) and columns != {model._meta.pk.column} and not (len(columns) == 1 and columns <= related)


def taken_columns(error):
    """The columns of the unique rule that an error tells of; empty for another error."""
    diagnosis = getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        detail = re.match(r"Key \((.*?)\)=", diagnosis.message_detail or "") if diagnosis.sqlstate == "23505" else None
        return {name.strip(' "') for name in detail[1].split(",")} if detail else set()
    if connection.vendor == "mysql":
        name = re.search(r"Duplicate entry .* for key '(?:\w+\.)?(.*?)'", str(error), re.DOTALL)
        return indexed_columns(name[1]) if name else set()
    start, _, names = str(error).partition("UNIQUE constraint failed: ")
    if start or not names:
        return set()
    return {name.split(".")[-1] for name in names.split(", ")} if not names.startswith("index") else {names}


def indexed_columns(index):
    """The columns of a unique index on MariaDB; PRIMARY stands for the key that the database hands out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND index_name = %s", [index]
        )
        return {name for (name,) in cursor.fetchall()}


def probe(prober):
    """Tries what an ordinary call doesn't do every time; left out where the ordinary call fails already."""
    if not prober.broken("insert"):
        null_writes(prober)
        boundary(prober)
        duplicate(prober)
        violating(prober)
        upsert(prober)
    if not prober.broken("update"):
        null_updates(prober)
    rows_gone(prober)


def new_row(model, changed=None):
    """A row that isn't there yet, but for the values of `changed`."""
    return {**ordinary.possible(model, rows.field_values(model, 7, ordinary.fresh(model))), **(changed or {})}


def create(model, changed):
    model._base_manager.create(**new_row(model, changed))


def nullable(model):
    return [field for field in rows.writable(model) if field.null and not field.primary_key]


def null_writes(prober):
    for field in nullable(prober.model):
        prober.attempt("insert", "null", lambda name=field.attname: create(prober.model, {name: None}), field.name, "null_write")


def null_updates(prober):
    for field in nullable(prober.model):
        if not prober.loaded:
            continue
        one = prober.model._base_manager.filter(pk=prober.loaded[0].pk)
        prober.attempt("update", "null", lambda one=one, name=field.attname: one.update(**{name: None}), field.name, "null_write")


def boundary(prober):
    for field in rows.writable(prober.model):
        if field.is_relation or field.primary_key:
            continue
        edge = values.largest(field)
        if edge is not None:
            prober.attempt(
                "insert",
                "largest",
                lambda name=field.attname, edge=edge: create(prober.model, {name: edge}),
                field.name,
                "boundary_value",
            )


def unique_sets(model):
    """Sets of field names that the version's own rules keep unique."""
    found = [{field.name} for field in model._meta.concrete_fields if field.unique]
    found += [set(names) for names in model._meta.unique_together]
    found += [set(constraint.fields) for constraint in model._meta.constraints if isinstance(constraint, models.UniqueConstraint)]
    return found


def duplicate(prober):
    """A second row equal to the first in all that the own rules leave free."""
    model = prober.model
    taken = set().union(*unique_sets(model)) if unique_sets(model) else set()
    # One fresh field in each unique set makes the row new; take as few as possible.
    freed = set()
    for names in sorted(unique_sets(model), key=len):
        if names and not names & freed:
            freed.add(sorted(names)[-1])
    if any(isinstance(constraint, models.UniqueConstraint) and constraint.expressions for constraint in model._meta.constraints):
        freed |= taken | {field.name for field in rows.writable(model) if isinstance(field, models.CharField)}

    def twice():
        if not prober.loaded:
            raise ordinary.NotApplicable
        original = prober.loaded[0]
        given = {}
        for field in rows.writable(model):
            if field.name in freed:
                given.update(rows.field_values(model, 9, [field]))
            else:
                given[field.attname] = getattr(original, field.attname)
        model._base_manager.create(**ordinary.possible(model, given))

    prober.attempt("insert", "duplicate", twice, None, "duplicate")


def violating(prober):
    """Each field's unusual values alone, and pairs of fields that are ordered the other way round."""
    model = prober.model
    plain = [field for field in rows.writable(model) if not field.is_relation and not field.primary_key]
    for field in plain:
        for value in values.unusual(field):
            prober.attempt(
                "insert",
                "unusual",
                lambda name=field.attname, value=value: create(model, {name: value}),
                f"{field.name} = {value!r}",
                "violating_write",
            )
    for first, second in itertools.permutations(plain, 2):
        if type(first) is type(second) and (first.unique, second.unique) == (False, False):
            low, high = values.ordinary(first, 2), values.ordinary(second, 8)
            prober.attempt(
                "insert",
                "pair",
                lambda pair={first.attname: low, second.attname: high}: create(model, pair),
                f"{first.name}, {second.name}",
                "violating_write",
            )
    for field in rows.writable(model):
        # A number that is no key anywhere: what a new foreign key refuses.
        key = field.target_field if field.is_relation else field
        if isinstance(key, models.IntegerField) and not field.unique:
            prober.attempt("insert", "dangling", lambda name=field.attname: create(model, {name: 4_321}), field.name, "violating_write")


def upsert(prober):
    """`bulk_create(update_conflicts=True)` over each set of fields that the own rules keep unique."""
    model = prober.model
    if model._meta.parents:
        return
    for names in unique_sets(model):
        if model._meta.pk.name in names or not names:
            continue
        by_name = {"unique_fields": sorted(names)} if connection.features.supports_update_conflicts_with_target else {}
        others = [field.name for field in rows.writable(model) if field.name not in names and not field.primary_key]
        prober.attempt(
            "insert",
            "upsert",
            lambda by_name=by_name, updated=others or sorted(names): model._base_manager.bulk_create(
                [model(**new_row(model))], update_conflicts=True, update_fields=updated, **by_name
            ),
            ", ".join(sorted(names)),
            "on_conflict_upsert",
        )


def rows_gone(prober):
    """Rows that were loaded before the change are still there."""
    if prober.broken("read") or not prober.loaded:
        return

    def look():
        if not prober.model._base_manager.filter(pk__in=[instance.pk for instance in prober.loaded]).exists():
            raise LookupError("all rows are gone")

    prober.attempt("read", "rows", look, None, "rows_gone")
