"""Cases of others: a JSON list of changes, each with the files of both versions.

    [{"id": "remove_field.nullable", "title": "…", "apps_old": ["shop"], "apps_new": ["shop"],
      "files_old": {"shop/models.py": "…", …}, "files_new": {…},
      "contrib": ["django.contrib.contenttypes"], "versions": ["5.2"], "engines": ["postgres", "sqlite"],
      "variants": {"4.2": {"old": {…}, "new": {…}}}, "settings": {"AUTH_USER_MODEL": "shop.User"}, …}]

All but the files and the apps may be left out: `versions` are the Django versions that know what the case uses, `variants` the
files that differ for one (`null`: not there), `settings` (or `settings_old`, `settings_new`) what the settings say besides.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from . import plans, run as runs, tree

ENGINES = {"postgres": "postgresql"}


@dataclass
class Given:
    """One change; `entry` is what the file says of it."""

    name: str
    title: str
    entry: dict

    def runs_on(self, engine, django):
        engines = [ENGINES.get(name, name) for name in self.entry.get("engines") or ["postgresql", "sqlite"]]
        return engine in engines and django in (self.entry.get("versions") or [django])

    def files(self, stage, engine, django):
        """{path: text} of `old` or `new`."""
        files = dict(self.entry[f"files_{stage}"])
        variant = ((self.entry.get("variants") or {}).get(django) or {}).get(stage, {})
        files |= variant
        apps = [*(self.entry.get("contrib") or []), *self.entry[f"apps_{stage}"]]
        settings = tree.SETTINGS.format(apps=", ".join(f'"{app}"' for app in apps), engine=tree.BACKENDS[engine])
        for key, value in (self.entry.get(f"settings_{stage}") or self.entry.get("settings") or {}).items():
            settings += f"{key} = {value!r}\n"
        frame = {"manage.py": tree.MANAGE, "settings.py": settings, "requirements.txt": tree.requirements(engine, django)}
        return {**frame, **{path: text for path, text in files.items() if text is not None}}


def read(path):
    """The cases in a file."""
    return [Given(entry["id"], entry.get("title", entry["id"]), entry) for entry in json.loads(Path(path).read_text())]


def prove(bench, case, engine, django):
    """The proof of the case's plan; a case that needs none is left out."""
    result = runs.result_of(case.name, case.title, engine, django)
    with runs.workplace(bench, result, f"plan-{case.name}", engine, django) as (directory, _):
        repository, old_tree, new_tree = export(case, engine, django, directory)

        def start(where, at, values=None):
            return bench.starter.start(bench.pythons[django], where, "settings", at, values or {})

        plans.prove(result, bench, engine, repository, old_tree, new_tree, start, directory, {})
    return result


def export(case, engine, django, directory):
    """Both trees, and a repository of them."""
    repository, old_tree, new_tree = directory / "repository", directory / "old", directory / "new"
    for stage, where in (("old", old_tree), ("new", new_tree)):
        tree.write(where, case.files(stage, engine.name, django))
    runs.commits(repository, old_tree, new_tree, case.title)
    return repository, old_tree, new_tree
