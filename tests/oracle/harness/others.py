"""What other tools say of the cases, beside what was observed and what preboot says.

Each reads what it reads in practice: django-migration-linter the project, squawk the SQL that Django ran.
"""

import json
import subprocess
import sys
from pathlib import Path

from . import run as runs
from .preboot import NoAnswer

PACKAGES = ["django-migration-linter==6.0.0", "squawk-cli==2.70.0", "psycopg[binary]"]

# What squawk says of the code that is deployed. Its other rules are about locks, timeouts and taste.
OF_CLIENTS = {
    "adding-required-field",
    "adding-not-nullable-field",
    "ban-drop-column",
    "ban-drop-not-null",
    "ban-drop-table",
    "changing-column-type",
    "renaming-column",
    "renaming-table",
}

SETTINGS = """from settings import *

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
DATABASES = {{"default": {database!r}}}
"""


def environment(cache, django):
    """The folder of the programs of an environment that has the other tools, made once."""
    directory = Path(cache) / f"others-{django}"
    if not (directory / "complete").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(directory)], check=True)
        pip = [directory / "bin/python", "-m", "pip", "install", "--quiet", f"Django=={django}.*", *PACKAGES]
        subprocess.run(pip, check=True)
        (directory / "complete").touch()
    return directory / "bin"


def judge(programs):
    """The function that runs a case; `observed` and `warned` of its result say what came of it."""

    def run(bench, case, engine, django):
        result = runs.result_of(case.name, case.title, engine, django)
        with runs.workplace(bench, result, case.name, engine, django) as (directory, database):
            observed, answer = runs.both(bench, case, engine, django, directory, database)
            result.observed = observed.verdict
            sql = [statement for statement in (observed.migration or {}).get("sql", []) if "django_migrations" not in statement]
            change = answer["change"]
            result.warned = {
                "preboot": bool(change["old_on_new"]) or change["verdict"] == "fails",
                "django-migration-linter": linter(programs, directory, engine),
                "squawk": squawk(programs, directory, sql),
            }
            result.told = [f"observed {result.observed}; warned of by {[name for name, warned in result.warned.items() if warned]}"]
        return result

    return run


def linter(programs, directory, engine):
    """Whether django-migration-linter calls one of the new migrations an error, on a database that the old ones have made."""
    old, new = directory / "old", directory / "new"
    database = engine.create()
    try:
        for tree in (old, new):
            (tree / "linted.py").write_text(SETTINGS.format(database=database))
        django(programs, old, "migrate", "--verbosity", "0")
        deployed = {path.stem for path in (old / "club/migrations").glob("0*.py")}
        warned = False
        for name in sorted({path.stem for path in (new / "club/migrations").glob("0*.py")} - deployed):
            answer = django(programs, new, "lintmigrations", "club", name, "--no-cache")
            if "Erroneous migrations" not in answer.stdout:
                raise NoAnswer(f"django-migration-linter: {answer.stderr[-600:]}")
            warned |= answer.returncode != 0
        return warned
    finally:
        engine.drop(database)


def django(programs, tree, *arguments):
    command = [programs / "python", "-m", "django", *arguments, "--settings", "linted", "--pythonpath", ".", "--skip-checks"]
    return subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=120)


def squawk(programs, directory, sql):
    """Whether squawk says something about the clients of the statements that Django ran."""
    file = directory / "migration.sql"
    file.write_text("".join(f"{statement.rstrip().rstrip(';')};\n" for statement in sql))
    if not sql:
        return False
    answer = subprocess.run([programs / "squawk", "--reporter", "json", file], capture_output=True, text=True, timeout=120)
    try:
        found = json.loads(answer.stdout)
    except json.JSONDecodeError:
        raise NoAnswer(f"squawk: {answer.stderr[-600:]}") from None
    return any(finding["rule_name"] in OF_CLIENTS for finding in found)


def table(results):
    """For each kind of change, how many there are, and how many of them each tool warns of."""
    kinds = {
        "break: an ordinary statement of the deployed code fails": ("breaks",),
        "break under a condition": ("conditional",),
        "are safe": ("safe",),
        "can't be migrated where there are rows": ("fails",),
    }
    results = [result for result in results if not result.wrong]
    names = list(results[0].warned) if results else []
    print(f"\n| changes that … | | {' | '.join(names)} |\n|---|---|{'---|' * len(names)}")
    for words, verdicts in kinds.items():
        these = [result for result in results if result.observed in verdicts]
        counts = [str(sum(result.warned[name] for result in these)) for name in names]
        print(f"| {words} | {len(these)} | {' | '.join(counts)} |")
