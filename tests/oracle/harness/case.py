"""Reads a case: one change of one app `club`, as a text file, or as a line of a table (`cases/fields.table`).

    The first lines say what changes.
    expect: breaks
    --- models
    class Team(models.Model): ...
    --- new models
    class Team(models.Model): ...
    --- migration 0002_drop_motto
    operations = [migrations.RemoveField("team", "motto")]

Keys before the first `---`:
  expect           what was observed: safe, conditional, breaks, or fails (the migration itself fails);
                   `expect ENGINE`, `expect DJANGO`, `expect ENGINE DJANGO`: the same where one differs
  engines          where the case runs, default all
  django           the first Django version that knows what the case uses
  until            the last one
  apps             more of INSTALLED_APPS
  differs          why preboot is known to say something else; as special as `expect`
  differs plan     why a plan is known not to pass; as special as `expect`

Sections:
  models, new models          the text of club/models.py after `from django.db import models`; without `new models` they stay
  migration NAME              a new migration's class body, what stands before `operations` or `atomic` goes above the class;
                              without one, Django's own makemigrations writes the change
  old migration NAME          the same in the deployed code; without one, makemigrations writes 0001_initial
  old PATH, new PATH          any other file of the deployed or the working code; an empty one is removed
  by hand before PR N         SQL for what a plan asks of a person before its N-th deploy
  values                      `Model.field: [python literals]`, sample values where invented ones don't fit
"""

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

MIGRATION_HEAD = "from django.db import migrations, models\nimport django.db.models.deletion\n"
MODELS_HEAD = "from django.db import models\n"
TEAM = "class Team(models.Model):\n    name = models.CharField(max_length=40)\n"


@dataclass
class Case:
    """One change and what is known of it."""

    name: str
    title: str
    keys: dict
    models: str
    new_models: str
    migrations: list = field(default_factory=list)
    old_migrations: list = field(default_factory=list)
    old_files: dict = field(default_factory=dict)
    new_files: dict = field(default_factory=dict)
    values: dict = field(default_factory=dict)
    by_hand: dict = field(default_factory=dict)

    def runs_on(self, engine, django):
        at = version(django)
        first, last = self.keys.get("django", "0"), self.keys.get("until", "99")
        return engine in self.keys.get("engines", "postgresql mariadb sqlite").split() and version(first) <= at <= version(last)

    def expected(self, engine, django):
        return self.at("expect", engine, django)

    def differs(self, engine, django):
        """Why preboot is known to say something else here, or None."""
        return self.at("differs", engine, django)

    def at(self, key, engine, django):
        """The most special value of a key."""
        for special in (f"{key} {engine} {django}", f"{key} {engine}", f"{key} {django}", key):
            if special in self.keys:
                return self.keys[special]
        return None


def version(text):
    return tuple(int(part) for part in text.split("."))


def read(path):
    """The case in a file."""
    return parse(Path(path).stem, Path(path).read_text())


def read_table(path):
    """The cases in a table, one a line: a field of Member that comes, goes or changes."""
    for line in Path(path).read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            yield of_row(*(part.strip() for part in line.split("|")))


def of_row(name, before, after, keys=""):
    """The case of one line of a table."""
    keys = [key.strip() for key in keys.split(";") if key.strip()]
    values = [f"Member.value: {key.partition(':')[2].strip()}\n" for key in keys if key.startswith("values:")]
    head = "import uuid\n\n" if "uuid." in before + after else ""

    def models(field):
        value = f"    value = models.{field}\n" if field else ""
        return f"{head}{TEAM}\n\nclass Member(models.Model):\n    name = models.CharField(max_length=40)\n{value}"

    migrated = re.sub(r"Field\(Team\b", 'Field("club.team"', re.sub(r"ForeignKey\(Team\b", 'ForeignKey("club.team"', after))
    kind, argument = ("RemoveField", "") if not after else ("AlterField" if before else "AddField", f", models.{migrated}")
    operation = f'{head}operations = [migrations.{kind}("member", "value"{argument})]\n'
    title = f"{before or 'No field'} becomes {after or 'no field'}."
    # Where all lines were observed.
    known = "django: 5.2\nuntil: 5.2\n" + "".join(f"{key}\n" for key in keys if not key.startswith("values:"))
    sections = f"--- models\n{models(before)}--- new models\n{models(after)}--- migration 0002_change\n{operation}"
    return parse(name, f"{title}\n{known}{sections}" + (f"--- values\n{''.join(values)}" if values else ""))


def parse(name, text):
    head, *sections = re.split(r"^--- ", text, flags=re.MULTILINE)
    title, keys = [], {}
    for line in head.strip().splitlines():
        key = re.match(r"((?:expect|differs|engines|django|until|apps)(?: [\w.]+)*): *(.*)", line)
        if key:
            keys[key[1]] = key[2]
        elif line.strip():
            title.append(line.strip())
    case = Case(name, " ".join(title), keys, "", "")
    for section in sections:
        label, _, body = section.partition("\n")
        take(case, label.strip(), body.strip("\n") + "\n")
    case.new_models = case.new_models or case.models
    return case


def take(case, label, body):
    if label == "models":
        case.models = body
    elif label == "new models":
        case.new_models = body
    elif label == "values":
        for line in body.splitlines():
            where, _, literal = line.partition(":")
            case.values["club." + where.strip()] = ast.literal_eval(literal.strip())
    elif label.startswith("by hand before PR "):
        case.by_hand[int(label.split()[-1])] = body
    elif label.startswith("migration "):
        case.migrations.append((label.split()[1], body))
    elif label.startswith("old migration "):
        case.old_migrations.append((label.split()[2], body))
    elif label.startswith("old "):
        case.old_files[label.split()[1]] = body
    elif label.startswith("new "):
        case.new_files[label.split()[1]] = body
    else:
        raise ValueError(f"{case.name}: there is no section `{label}`")


def migration_source(body, previous):
    """The file of a migration whose class body is `body`."""
    start = re.search(r"^(atomic|operations|run_before)\b", body, flags=re.MULTILINE)
    above, inside = (body[: start.start()], body[start.start() :]) if start else (body, "")
    dependencies = f'[("club", "{previous}")]' if previous else "[]"
    lines = [f"    {line}" if line else "" for line in inside.splitlines()]
    return "\n".join(
        [MIGRATION_HEAD + above, "", "class Migration(migrations.Migration):", f"    dependencies = {dependencies}", *lines, ""]
    )


def for_django(source, django):
    """`CHECK=` stands for the argument of CheckConstraint, whose name changed in Django 5.1."""
    return source.replace("CHECK=", "check=" if version(django) < (5, 1) else "condition=")
