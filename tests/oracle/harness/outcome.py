"""What has to be true at the end of a plan: the author's models, schema and every row as it was written last."""

import re

from .chain import leaves_before, schema_of
from .client import Refused


class Outcome:
    """What the author wants, learnt by running the change in one step on a database where nobody else works."""

    def __init__(self, start, engine, old_tree, wanted_tree):
        self.names = renames((path.parent.parent.name, path.read_text()) for path in sorted(wanted_tree.rglob("migrations/*.py")))
        # {(label, key, field) under the names of the end: value}
        self.data = {}
        # (label, field) that the author's own migration changes in rows that exist.
        self.intended = set()
        # Why the author's own migrations don't go back and forth: nobody can ask more of a plan that keeps their SQL.
        self.no_way_back = None
        try:
            self.schema = schema_of(start, engine, wanted_tree, "migrate")
        except Refused:
            # What can't run as written is meant as the models say.
            self.schema = schema_of(start, engine, wanted_tree, "create_all")
        database = engine.create()
        try:
            with start(old_tree, database) as code:
                code("migrate")
                code("fill")
                self.remember(code("all_rows"))
                self.old_models = code("models")
            with start(wanted_tree, database) as code:
                self.wanted_models = code("models")
                # What the author's own tree leaves to makemigrations can't be held against a plan.
                self.is_unfinished = code("make_migrations", name="x", check=True) is not None
                self.learn(code, wanted_tree)
        finally:
            engine.drop(database)

    def learn(self, code, tree):
        """Which values change by the author's will, and whether it goes back; nothing where the change can't run in one step."""
        todo = code("unapplied")
        try:
            code("migrate")
            found = code("read", wanted=self.questions(self.wanted_models))
        except Refused:
            return
        try:
            for app, target in leaves_before(tree, todo).items():
                code("migrate", app=app, target=target)
            code("migrate")
        except Refused as error:
            self.no_way_back = error
        for label, key, name in self.asked(self.wanted_models):
            row = found.get(f"{label} {key}")
            if (row or {}).get(name) != self.data[label, key, name]:
                self.intended.add((label, name))

    def remember(self, written):
        """Keeps what the last writer wrote, under the names of the end."""
        for label, key, fields in written:
            for name, value in fields.items():
                # What was NULL may get a value on the way.
                if value == "None":
                    continue
                self.data[self.names.get(label, label), key, self.names.get(f"{label}.{name}", name)] = value

    def asked(self, models):
        """The values that have to be as they were written."""
        for label, key, name in sorted(self.data):
            if (label, name) not in self.intended and name in models.get(label, {}):
                yield label, key, name

    def questions(self, models):
        """The same, as `inside/writer.py` wants it."""
        wanted = {}
        for label, key, name in self.asked(models):
            wanted.setdefault(label, {}).setdefault(key, []).append(name)
        return {label: list(entries.items()) for label, entries in wanted.items()}

    def different_rows(self, found, models):
        for label, key, name in self.asked(models):
            row = found.get(f"{label} {key}") or {}
            if row.get(name) != self.data[label, key, name]:
                yield f"{label} {key}.{name} was written as {self.data[label, key, name]!r}, is {row.get(name)!r}"

    def different_models(self, models):
        said, wanted = visible(models), visible(self.wanted_models)
        for label in sorted(set(said) | set(wanted)):
            mine, other = said.get(label, {}), wanted.get(label, {})
            for name in sorted(set(mine) | set(other)):
                if mine.get(name) != other.get(name):
                    yield f"the models at the end: {label}.{name} is {mine.get(name)}, the author wrote {other.get(name)}"

    def different_schema(self, schema, needed):
        """`needed` is what the models of the end ask for. A plan may keep a default, and drop what the author only meant to forget."""
        tables = {table(line) for line in [*schema, *self.schema]}
        # Where a table is to its last word as the author's migrations make it, the models say something else than they.
        equal = {name for name in tables if lines_of(name, schema) == lines_of(name, self.schema)}
        for line in sorted(set(schema) - set(needed) - set(self.schema)):
            if without_default(line) not in {*needed, *self.schema}:
                yield f"the schema at the end has also: {line}"
        for line in sorted(set(needed) - set(schema)):
            # An author who asked for NOT VALID gets it; a table that is not Django's stays away.
            is_unchecked = f"{line} NOT VALID NOT VALIDATED" in set(schema) & set(self.schema)
            if line not in map(without_default, schema) and not is_unchecked and table(line) in tables - equal:
                yield f"the schema at the end lacks: {line}"


def table(line):
    """The table that a sentence of the schema is about; the sentence itself where it names none at a fixed place."""
    named = re.match(r"(?:column|constraint|index|table) (\w+)[.: ]", line)
    return named[1] if named else line


def lines_of(name, schema):
    return {line for line in schema if table(line) == name}


def visible(models):
    """Models without what a plan may leave other than the author wrote: the names of columns and tables, a default in the database."""
    kept = re.compile(r"(, )?'(db_column|db_table|db_default)': ('[^']*'|[^,}]*)")
    return {
        label: {name: re.sub(r" at 0x[0-9a-f]+", "", kept.sub("", text)).replace("{, ", "{") for name, text in parts.items() if name != "db_table"}
        for label, parts in models.items()
    }


def without_default(line):
    """A column's sentence as it would be without a default in the database."""
    return re.sub(r" DEFAULT (?!nextval|.* (NOT )?NULL).*$| DEFAULT \S+(?= NOT NULL| NULL)", "", line)


def renames(sources):
    """{old name: wanted name} of the renames in the texts of the author's migrations, for the labels of one app."""
    found = {}
    for app, source in sources:
        for model, old, new in re.findall(
            r"""RenameField\(\s*(?:model_name=)?["'](\w+)["'],\s*(?:old_name=)?["'](\w+)["'],\s*(?:new_name=)?["'](\w+)["']""", source
        ):
            found[f"{app}.{model.lower()}.{old}"] = new
        for old, new in re.findall(r"""RenameModel\(\s*(?:old_name=)?["'](\w+)["'],\s*(?:new_name=)?["'](\w+)["']""", source):
            found[f"{app}.{old.lower()}"] = f"{app}.{new}"
    return Names(found)


class Names(dict):
    """Labels are looked up whatever their case, as Django does; fields as they are written."""

    def get(self, label, default=None):
        app, _, rest = label.partition(".")
        model, _, name = rest.partition(".")
        key = f"{app}.{model.lower()}" + (f".{name}" if name else "")
        return super().get(key, default)
