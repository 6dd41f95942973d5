"""A database's schema as sorted sentences, without the names that Django invents, so that two schemas can be compared."""

import re

from django.db import connection

COLUMNS = """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity,
a.attgenerated, co.collname
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_collation co ON co.oid = a.attcollation AND a.attcollation <> t.typcollation
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped"""
CONSTRAINTS = """SELECT conrelid::regclass::text, pg_get_constraintdef(oid), convalidated FROM pg_constraint
WHERE connamespace = 'public'::regnamespace"""
INDEXES = "SELECT tablename, regexp_replace(indexdef, '^CREATE (UNIQUE )?INDEX \\S+ ', 'CREATE \\1INDEX ') FROM pg_indexes WHERE schemaname = 'public'"
TRIGGERS = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
FUNCTIONS = """SELECT proname, '' FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
# Views live in catalogs of their own.
VIEWS = "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'"


def sentences():
    """The schema of the default database, without the table of migrations."""
    found = postgresql() if connection.vendor == "postgresql" else sqlite()
    return sorted(line for line in found if "django_migrations" not in line)


def rows(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def postgresql():
    for table, column, kind, required, default, identity, generated, collation in rows(COLUMNS):
        facts = ("NOT NULL" if required else "NULL", f"DEFAULT {default}" if default else "", identity, generated, collation or "")
        yield f"column {table}.{column} {kind} {' '.join(filter(None, facts))}"
    for table, definition, validated in rows(CONSTRAINTS):
        yield f"constraint {table} {definition}{'' if validated else ' NOT VALIDATED'}"
    for kind, query in (("index", INDEXES), ("trigger", TRIGGERS), ("function", FUNCTIONS), ("view", VIEWS)):
        for name, definition in rows(query):
            yield f"{kind} {name} {definition}"


def sqlite():
    for kind, name, sql in rows("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"):
        if kind == "table":
            yield from sqlite_table(name, sql)
        elif sql:
            yield f"{kind} {re.sub(r'^CREATE (UNIQUE )?INDEX \S+ ', r'CREATE \1INDEX ', sql)}"


def sqlite_table(table, sql):
    """The parts of CREATE TABLE, in any order, without the names of constraints and with one way of quoting."""
    body = sql[sql.index("(") + 1 : sql.rindex(")")]
    for part in split(body):
        text = re.sub(r'CONSTRAINT "[^"]*" |"| NULL$(?<!NOT NULL)', "", " ".join(part.split()))
        yield f"table {table}: {re.sub(r'[()]', ' ', text).replace('  ', ' ').strip()}"


def split(body):
    """The parts between the commas that stand in no brackets and no quotes."""
    parts, depth, quote, start = [], 0, "", 0
    for at, letter in enumerate(body):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter in "()":
            depth += 1 if letter == "(" else -1
        elif letter == "," and not depth:
            parts.append(body[start:at])
            start = at + 1
    return [*parts, body[start:]]


def models():
    """{label: {field or option: its definition}} of the project's models, as migrations would write them."""
    from django.apps import apps
    from django.db.migrations.state import ModelState

    described = {}
    for model in apps.get_models():
        state = ModelState.from_model(model)
        fields = {name: repr(field.deconstruct()[1:]) for name, field in state.fields.items()}
        options = {name: repr(value) for name, value in state.options.items() if value}
        described[model._meta.label] = {**fields, **options, "bases": repr(state.bases)}
    return described
