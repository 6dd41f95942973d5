"""Invents cases: small models, and one or two changes of kinds that people make.

`case(seed)` is a case as its text would be in `cases/`; the same seed gives the same text.
"""

import random

NUMBERS = ("IntegerField({})", "BigIntegerField({})", "SmallIntegerField({})", "PositiveIntegerField({})", "FloatField({})")
TEXTS = ("CharField(max_length=20{})", "CharField(max_length=60{})", "TextField({})", "SlugField(max_length=30{})", "EmailField({})")
OTHERS = (
    "BooleanField({})",
    "DateField({})",
    "DateTimeField({})",
    "TimeField({})",
    "DurationField({})",
    "UUIDField({})",
    "JSONField({})",
    "BinaryField({})",
    "DecimalField(max_digits=6, decimal_places=2{})",
    "DecimalField(max_digits=8, decimal_places=3{})",
    "GenericIPAddressField({})",
)
DEFAULTS = {
    "IntegerField": "3",
    "BigIntegerField": "3",
    "SmallIntegerField": "3",
    "PositiveIntegerField": "3",
    "FloatField": "1.5",
    "CharField": '"x"',
    "TextField": '"x"',
    "SlugField": '"x"',
    "EmailField": '"x@example.org"',
    "BooleanField": "False",
    "DecimalField": "1",
    "JSONField": "dict",
}
NAMES = ("amount", "label", "since", "state", "token", "weight")


class Inventor:
    """The models as they change, and the operations that change them."""

    def __init__(self, seed):
        self.choose = random.Random(seed)
        # {model: {field: expression}}, {model: {option: expression}}
        self.fields = {}
        self.meta = {}
        self.operations = []
        self.said = []

    def start(self):
        """The deployed models: two plain ones, and one that is related to them."""
        for model in ("Alpha", "Beta"):
            self.fields[model] = {"name": "models.CharField(max_length=30)"}
            self.meta[model] = {}
            for name in self.choose.sample(NAMES, self.choose.randint(1, 3)):
                self.fields[model][name] = self.plain()
        self.fields["Gamma"] = {"title": "models.CharField(max_length=30)"}
        self.meta["Gamma"] = {}
        for name, target in (("alpha", "Alpha"), ("beta", "Beta")):
            kind = self.choose.choice(("foreign", "one", "many", "none"))
            if kind != "none":
                self.fields["Gamma"][name] = self.relation(kind, target)

    def plain(self, family=None):
        """An expression for a field that is no relation."""
        shape = self.choose.choice(family or NUMBERS + TEXTS + OTHERS)
        options = []
        kind = shape.split("(")[0]
        if self.choose.random() < 0.35:
            options.append("null=True")
        if kind in DEFAULTS and self.choose.random() < 0.35:
            options.append(f"default={DEFAULTS[kind]}")
        elif kind in ("CharField", "IntegerField", "SlugField") and self.choose.random() < 0.2:
            options.append("unique=True")
        elif self.choose.random() < 0.15 and kind not in ("JSONField", "BinaryField"):
            options.append("db_index=True")
        text = ", ".join(options)
        return "models." + (shape.format(", " + text if text else "") if "max_" in shape else shape.format(text))

    def relation(self, kind, target):
        if kind == "many":
            return f'models.ManyToManyField("club.{target}")'
        name = "ForeignKey" if kind == "foreign" else "OneToOneField"
        options = ", null=True" if self.choose.random() < 0.5 else ""
        options += ", db_constraint=False" if self.choose.random() < 0.15 else ""
        return f'models.{name}("club.{target}", on_delete=models.{self.choose.choice(("CASCADE", "PROTECT"))}{options})'

    def change(self):
        """One change; False where the models have no place for the kind that came up."""
        kind = self.choose.choice(
            (
                self.add,
                self.add,
                self.remove,
                self.remove,
                self.alter,
                self.alter,
                self.alter,
                self.rename,
                self.keep_column,
                self.forget,
                self.constrain,
                self.index,
                self.drop_model,
                self.rename_model,
                self.table,
                self.new_model,
                self.order,
            )
        )
        return kind() is not False

    def some_field(self, relations=True):
        model = self.choose.choice(sorted(self.fields))
        names = [name for name, text in self.fields[model].items() if relations or "club." not in text]
        names = [name for name in names if name not in str(self.meta[model])]
        return (model, self.choose.choice(names)) if len(names) > 1 else (None, None)

    def add(self):
        model = self.choose.choice(sorted(self.fields))
        name = self.choose.choice([name for name in ("extra", "other", "more") if name not in self.fields[model]])
        if self.choose.random() < 0.3 and model != "Alpha":
            text = self.relation(self.choose.choice(("foreign", "one", "many")), "Alpha")
            if "Many" not in text and "null" not in text:
                text = text[:-1] + ", null=True)"
        else:
            text = self.plain()
            kind = text.split(".")[1].split("(")[0]
            # What is required needs a value for the rows of today, and one value for all can't be unique.
            if "null=True" not in text and "default" not in text:
                if kind not in DEFAULTS:
                    return False
                text = text[:-1] + (", " if text[-2] != "(" else "") + f"default={DEFAULTS[kind]})"
            if "unique" in text and "default" in text:
                return False
            if self.choose.random() < 0.3 and "default=" in text and "dict" not in text:
                text = text[:-1] + f", db_default={DEFAULTS[kind]})"
        self.fields[model][name] = text
        self.operations.append(f'migrations.AddField("{model.lower()}", "{name}", {text})')
        self.said.append(f"add {model}.{name} {text}")

    def remove(self):
        model, name = self.some_field()
        if model is None:
            return False
        text = self.fields[model].pop(name)
        self.operations.append(f'migrations.RemoveField("{model.lower()}", "{name}")')
        self.said.append(f"remove {model}.{name} {text}")

    def alter(self):
        model, name = self.some_field(relations=False)
        if model is None:
            return False
        before = self.fields[model][name]
        kind = before.split(".")[1].split("(")[0]
        family = next(family for family in (NUMBERS, TEXTS, OTHERS) if any(shape.startswith(kind + "(") for shape in family))
        # Elsewhere the database may have no cast, or none for the values that the rows have.
        family = family if family is not OTHERS else tuple(shape for shape in OTHERS if shape.startswith(kind + "("))
        after = self.plain(family)
        if after == before or ("unique" in after and "default" in after):
            return False
        # There are rows with NULL, and the migration fails without a value for them.
        if "null=True" in before and "null=True" not in after and "default" not in after:
            return False
        self.fields[model][name] = after
        self.operations.append(f'migrations.AlterField("{model.lower()}", "{name}", {after})')
        self.said.append(f"alter {model}.{name} {before} to {after}")

    def rename(self):
        model, name = self.some_field()
        if model is None or "renamed" in self.fields[model]:
            return False
        self.fields[model] = {("renamed" if key == name else key): text for key, text in self.fields[model].items()}
        self.operations.append(f'migrations.RenameField("{model.lower()}", "{name}", "renamed")')
        self.said.append(f"rename {model}.{name} {self.fields[model]['renamed']}")

    def keep_column(self):
        model, name = self.some_field(relations=False)
        if model is None or "renamed" in self.fields[model]:
            return False
        text = self.fields[model][name]
        text = text[:-1] + (", " if text[-2] != "(" else "") + f'db_column="{name}")'
        self.fields[model] = {
            ("renamed" if key == name else key): (text if key == name else old) for key, old in self.fields[model].items()
        }
        self.operations.append(f'migrations.AlterField("{model.lower()}", "{name}", {text})')
        self.operations.append(f'migrations.RenameField("{model.lower()}", "{name}", "renamed")')
        self.said.append(f"rename {model}.{name}, column kept")

    def forget(self):
        model, name = self.some_field()
        if model is None:
            return False
        text = self.fields[model].pop(name)
        self.operations.append(
            f'migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("{model.lower()}", "{name}")])'
        )
        self.said.append(f"remove {model}.{name} {text} from the state alone")

    def constrain(self):
        model, name = self.some_field(relations=False)
        if model is None or "constraints" in self.meta[model]:
            return False
        text = self.fields[model][name]
        if any(kind in text for kind in ("JSON", "Binary")):
            return False
        number = any(kind in text for kind in ("IntegerField", "FloatField", "DecimalField"))
        if number and self.choose.random() < 0.5:
            made = f'models.CheckConstraint(CHECK=models.Q({name}__gte=0), name="a_rule")'
        elif "Boolean" in text:
            return False
        else:
            made = f'models.UniqueConstraint(fields=["{name}"], name="a_rule")'
        self.meta[model]["constraints"] = f"[{made}]"
        self.operations.append(f'migrations.AddConstraint("{model.lower()}", {made})')
        self.said.append(f"constrain {model}: {made}")

    def index(self):
        model, name = self.some_field()
        if model is None or "indexes" in self.meta[model] or any(kind in self.fields[model][name] for kind in ("JSON", "Binary", "Many")):
            return False
        made = f'models.Index(fields=["{name}"], name="an_index")'
        self.meta[model]["indexes"] = f"[{made}]"
        self.operations.append(f'migrations.AddIndex("{model.lower()}", {made})')
        self.said.append(f"index {model}.{name}")

    def drop_model(self):
        if "Gamma" not in self.fields or any("club.Gamma" in text for fields in self.fields.values() for text in fields.values()):
            return False
        del self.fields["Gamma"], self.meta["Gamma"]
        state_only = self.choose.random() < 0.3
        made = 'migrations.DeleteModel("Gamma")'
        self.operations.append(f"migrations.SeparateDatabaseAndState(state_operations=[{made}])" if state_only else made)
        self.said.append("delete Gamma" + (" from the state alone" if state_only else ""))

    def rename_model(self):
        model = self.choose.choice(sorted(self.fields))
        if "Delta" in self.fields or self.operations:
            return False
        self.fields = {
            ("Delta" if key == model else key): {name: text.replace(f'"club.{model}"', '"club.Delta"') for name, text in fields.items()}
            for key, fields in self.fields.items()
        }
        self.meta = {("Delta" if key == model else key): options for key, options in self.meta.items()}
        self.operations.append(f'migrations.RenameModel("{model}", "Delta")')
        self.said.append(f"rename {model}")

    def table(self):
        model = self.choose.choice(sorted(self.fields))
        if "db_table" in self.meta[model]:
            return False
        self.meta[model]["db_table"] = '"elsewhere"'
        self.operations.append(f'migrations.AlterModelTable("{model.lower()}", "elsewhere")')
        self.said.append(f"another table for {model}")

    def new_model(self):
        if "Omega" in self.fields:
            return False
        target = self.choose.choice(sorted(set(self.fields) & {"Alpha", "Beta"}) or ["Gamma"])
        if target not in self.fields:
            return False
        self.fields["Omega"] = {"title": "models.CharField(max_length=30)"}
        self.meta["Omega"] = {}
        if self.choose.random() < 0.7:
            self.fields["Omega"]["target"] = self.relation(self.choose.choice(("foreign", "one", "many")), target)
        fields = "".join(f', ("{name}", {text})' for name, text in self.fields["Omega"].items())
        self.operations.append(f'migrations.CreateModel("Omega", [("id", models.BigAutoField(primary_key=True)){fields}])')
        self.said.append(f"create Omega {self.fields['Omega']}")

    def order(self):
        names = [name for name, text in self.fields.get("Gamma", {}).items() if "ForeignKey" in text and "null" not in text]
        if not names or "order_with_respect_to" in self.meta["Gamma"]:
            return False
        self.meta["Gamma"]["order_with_respect_to"] = f'"{names[0]}"'
        self.operations.append(f'migrations.AlterOrderWithRespectTo("gamma", "{names[0]}")')
        self.said.append(f"order Gamma with respect to {names[0]}")

    def text(self):
        """The models as Python."""
        classes = []
        for model, fields in self.fields.items():
            lines = [f"class {model}(models.Model):", *(f"    {name} = {text}" for name, text in fields.items())]
            if self.meta[model]:
                lines += ["", "    class Meta:", *(f"        {name} = {text}" for name, text in self.meta[model].items())]
            classes.append("\n".join(lines))
        return "\n\n\n".join(classes)


def case(seed):
    """The text of the case that belongs to a seed."""
    inventor = Inventor(seed)
    inventor.start()
    before = inventor.text()
    wanted = inventor.choose.choice((1, 1, 2))
    while len(inventor.said) < wanted:
        inventor.change()
    operations = "".join(f"    {operation},\n" for operation in inventor.operations)
    return (
        f"{'; '.join(inventor.said)}.\ndjango: 5.0\n--- models\n{before}\n--- new models\n{inventor.text()}\n"
        f"--- migration 0002_change\noperations = [\n{operations}]\n"
    )
