"""Rows for every model: the ones that stood there before the change, and the ones a version writes while it serves."""

from django.apps import apps
from django.db import connection, models, transaction

import values

SAMPLES = {}
ROWS = 3
# Keys of targets as they were last seen.
KEYS = {}


def concrete():
    """The models of the project that have a table of their own, through models of many-to-many fields not included."""
    return [
        model
        for model in apps.get_models()
        if not model._meta.proxy and not model._meta.auto_created and model._meta.app_config.name not in FOREIGN
    ]


# Apps whose tables are filled by Django itself.
FOREIGN = {"django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sites", "django.contrib.sessions", "django.contrib.admin"}


def sample(field, n):
    """The n-th value for a field that is no relation."""
    # A plan calls the column of the new type, while both live, like the old one and `_new`.
    label = f"{field.model._meta.label}.{field.name.removesuffix('_new')}"
    given = None if field.get_internal_type() == "JSONField" else SAMPLES.get(label)
    return given[n % len(given)] if given else values.ordinary(field, n)


def is_generated(field):
    return getattr(field, "generated", False)


def writable(model):
    """The fields that an INSERT names by the programmer's will: no serial, no generated column, no link to a parent."""
    return [
        field
        for field in model._meta.concrete_fields
        if not is_generated(field)
        and not isinstance(field, models.AutoField)
        and not getattr(field.remote_field, "parent_link", False)
        and type(field).__name__ != "CompositePrimaryKey"
        and field.name != "_order"
    ]


def has_default(field):
    given = getattr(field, "db_default", models.NOT_PROVIDED)
    return (
        field.has_default()
        or given is not models.NOT_PROVIDED
        or getattr(field, "auto_now", False)
        or getattr(field, "auto_now_add", False)
    )


def is_required(field):
    """`create()` must name it: no default of any kind, and not null."""
    return not field.null and not has_default(field)


def target_row(field, n):
    """The key of the n-th row that a relation may point at; None where there is none. A unique relation gets a target that is free."""
    keys = target_keys(field)
    if field.unique and n >= ROWS:
        keys = [key for key in keys if key not in taken_keys(field)]
        return keys[0] if keys else None
    if n >= ROWS and keys:
        return keys[n % len(keys)]
    return keys[n] if len(keys) > n else None


def target_keys(field):
    """The keys of all rows that a relation may point at, as they are or as they were last seen."""
    target = field.remote_field.model
    attname = field.target_field.attname
    try:
        with transaction.atomic():
            KEYS[target, attname] = list(target._base_manager.order_by("pk").values_list(attname, flat=True)[: 3 * ROWS])
    except Exception:  # the change took the target's table: what was seen before it is still a key
        pass
    return KEYS.get((target, attname), [])


def taken_keys(field):
    """The targets that a unique relation uses already."""
    try:
        with transaction.atomic():
            return set(field.model._base_manager.values_list(field.attname, flat=True))
    except Exception:  # the column isn't there: nothing is taken
        return set()


def field_values(model, n, only=None):
    """{attname: value} of the n-th row of `model`, for the fields of `only` or for all."""
    result = {}
    relations = [field for field in writable(model) if field.is_relation and field.remote_field]
    for field in only if only is not None else writable(model):
        if field in relations:
            # The first rows join like with like; a later one must not repeat a pair that may be unique.
            shift = relations.index(field) if n >= ROWS else 0
            result[field.attname] = target_row(field, n + shift)
        else:
            result[field.attname] = sample(field, n)
    return result


def in_order():
    """The models, targets of relations first as far as there are no circles."""
    ordered, seen = [], set()

    def visit(model):
        if model in seen:
            return
        seen.add(model)
        for field in sorted(model._meta.concrete_fields, key=lambda field: field.null):
            target = field.remote_field.model if field.remote_field else None
            if target and target in wanted:
                visit(target)
        ordered.append(model)

    wanted = concrete()
    for model in wanted:
        visit(model)
    return ordered


def fill():
    """Commits ROWS rows for each model; the last one has NULL wherever a plain field allows it."""
    for model in in_order():
        if model._meta.db_table not in connection.introspection.table_names():
            continue
        # One more where a unique relation points here, so that there is a free target, or one that protects, so that one can be deleted.
        pointing = [relation for relation in model._meta.related_objects if not relation.many_to_many]
        spare = any(relation.field.unique or relation.on_delete in (models.PROTECT, models.RESTRICT) for relation in pointing)
        for n in range(ROWS + spare):
            given = field_values(model, n)
            for field in writable(model):
                if n == ROWS - 1 and field.null and not field.is_relation and not field.primary_key:
                    given[field.attname] = None
            point_at_itself(model, given)
            model(**given).save(force_insert=True)
    for model in in_order():
        link_circles(model)
        link_many(model)


def point_at_itself(model, given):
    """A required relation to its own model can only point at the first row, which then is the row itself."""
    for field in writable(model):
        if field.is_relation and not field.null and field.attname in given and given[field.attname] is None and field.remote_field.model is model:
            key = sample(model._meta.pk, 0) if model._meta.pk.attname in given else 1
            given[field.attname] = key


def link_circles(model):
    """Sets the nullable relations whose target had no rows when the row was made, except to the own model's later rows."""
    late = [field for field in writable(model) if field.is_relation and field.null]
    for n, instance in enumerate(model._base_manager.order_by("pk")):
        for field in late:
            if getattr(instance, field.attname) is None:
                own = field.remote_field.model is model
                setattr(instance, field.attname, target_row(field, max(n - 1, 0) if own else n))
        if late:
            instance.save()


def automatic_many(model):
    """The many-to-many fields whose join table Django made, and which live on this model."""
    return [field for field in model._meta.local_many_to_many if field.remote_field.through._meta.auto_created]


def link_many(model):
    """Relates the n-th row to the n-th row of each many-to-many target."""
    for field in automatic_many(model):
        for n, instance in enumerate(model._base_manager.order_by("pk")[:ROWS]):
            keys = list(field.related_model._base_manager.order_by("pk").values_list("pk", flat=True)[: n + 1])
            getattr(instance, field.name).add(*keys[-1:])


def write(first):
    """Commits rows of each model from number `first` on, and relates rows that exist; labels of the models that took them."""
    written = []
    for model in in_order():
        try:
            with transaction.atomic():
                link_many(model)
        except Exception:  # what can't be written is what the probes tell
            pass
        # One more than there were, for the target that no relation used.
        for n in range(first, first + ROWS + 1):
            try:
                with transaction.atomic():
                    instance = model(**{**field_values(model, n), **(edges(model) if n == first else {})})
                    instance.save(force_insert=True)
                    for field in automatic_many(model):
                        key = list(field.related_model._base_manager.order_by("pk").values_list("pk", flat=True)[:ROWS])
                        getattr(instance, field.name).add(*key)
                    connection.check_constraints()
            except Exception:
                continue
            written.append(model._meta.label)
    return sorted(set(written))


def edges(model):
    """The largest values of the plain fields."""
    plain = [field for field in writable(model) if not field.is_relation and not field.primary_key and not field.unique]
    return {field.attname: edge for field in plain if (edge := values.largest(field)) is not None}


def unread(model):
    """Instances for rows that can't be read: what a program has that made them from somewhere else."""
    try:
        with transaction.atomic():
            keys = list(model._base_manager.order_by("pk").values_list("pk", flat=True)[:ROWS])
            if not keys:
                return []
    except Exception:  # there is no such table or key column
        keys = [1]
    instances = []
    for n, key in enumerate(keys):
        instance = model(**field_values(model, n))
        if type(model._meta.pk).__name__ != "CompositePrimaryKey":
            instance.pk = key
        instance._state.adding = False
        instances.append(instance)
    return instances
