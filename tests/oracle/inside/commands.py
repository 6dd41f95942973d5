"""The commands that the driver can send to a version of the code."""

import os
import sys

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

import probes
import rows
import schema
import statements
import writer

LOADED = {}


def open_tree(tree, settings_module, database, values):
    """Makes this process run the code in the directory `tree` against `database` (an entry of `DATABASES`).

    `values` maps `app.Model.field` to sample values that fit the field better than invented ones."""
    os.chdir(tree)
    sys.path.insert(0, tree)
    os.environ["DJANGO_SETTINGS_MODULE"] = settings_module
    settings.DATABASES = {"default": database}
    django.setup()
    rows.SAMPLES.update(values)
    return django.get_version()


def make_migrations(name, check=False):
    """Lets Django write the migrations that the models ask for; with `check` it only says whether there are any."""
    if not check:
        call_command("makemigrations", name=name, interactive=False, verbosity=0)
        return None
    try:
        call_command("makemigrations", check=True, dry_run=True, interactive=False, verbosity=0)
    except SystemExit:
        return "makemigrations has something to add"
    return None


def migrate(watch=False, app=None, target=None, fake=False):
    """Migrates forwards, or an app to `target`; with `watch` each statement's locks are observed (PostgreSQL).

    With `fake` the migrations only count as run."""
    where = [app, target] if app else []
    with statements.Watch(connection) if watch else statements.Nothing() as seen:
        call_command("migrate", *where, fake=fake, interactive=False, verbosity=0)
    return seen.facts()


def unapplied():
    """[app, name] of the migrations that the code has and the database hasn't, in the order in which they run."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return [[migration.app_label, migration.name] for migration, _ in plan]


def create_all():
    """Makes every table as the models say, without migrations."""
    settings.MIGRATION_MODULES = {config.label: None for config in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)


def fill():
    """Rows for every model, using every relation."""
    rows.fill()


def load():
    """Keeps instances of every model in memory, as a process does that was serving before the migration."""
    for model in probes.models():
        try:
            with transaction.atomic():
                LOADED[model] = list(model._base_manager.order_by("pk"))
        except Exception:  # a model that can't be read is what the probes will tell
            LOADED.setdefault(model, [])


def probe():
    """Every probe of every model; a list of failures."""
    return probes.run(LOADED)


def write(first):
    """Commits rows of every model, as the other version of the code does while it serves."""
    return rows.write(first)


def by_hand(sql):
    """Runs what a person is asked to do with the data."""
    with connection.cursor() as cursor:
        cursor.execute(sql)


COMMANDS = {
    "open": open_tree,
    "make_migrations": make_migrations,
    "migrate": migrate,
    "unapplied": unapplied,
    "create_all": create_all,
    "fill": fill,
    "load": load,
    "probe": probe,
    "write": write,
    "by_hand": by_hand,
    "schema": schema.sentences,
    "models": schema.models,
    "serve": writer.write,
    "read": writer.read,
    "all_rows": writer.all_rows,
    "texts": writer.texts,
}
