"""A project of anybody: two revisions of a git repository."""

from dataclasses import dataclass
from pathlib import Path

from . import compare, observe, preboot, run as runs, tree


@dataclass
class Project:
    """A change between two revisions; `settings` is the module that both use."""

    directory: Path
    old: str
    new: str
    settings: str


def run(bench, project, engine, django):
    """The disagreements between what the two revisions do and what preboot says of them."""
    result = runs.result_of(project.directory.name, f"{project.old} deployed, {project.new} to be deployed", engine, django)
    with runs.workplace(bench, result, project.directory.name, engine, django) as (directory, database):
        observed, answer = both(bench, project, engine, django, directory, database)
        result.wrong = compare.disagreements(observed, answer, engine.name)
        result.told = runs.words(observed)
        result.verdict = observed.verdict
    return result


def both(bench, project, engine, django, directory, database):
    """The observation and preboot's answer."""
    repository, old_tree, new_tree = export(project, directory)

    def start(where):
        return bench.starter.start(bench.pythons[django], where, project.settings, database, {})

    with start(old_tree) as old:
        old("migrate")
        old("fill")
        with start(new_tree) as new:
            observed = observe.observe(old, new)
    return observed, preboot.ask(bench.program, "check", repository, "old", engine.vendor)


def export(project, directory):
    """A repository of the two revisions alone, and their trees: preboot judges a work tree, so that the new revision becomes one."""
    repository, old_tree, new_tree = directory / "repository", directory / "old", directory / "new"
    tree.export(project.directory, project.old, old_tree)
    tree.export(project.directory, project.new, new_tree)
    runs.commits(repository, old_tree, new_tree, "the change")
    return repository, old_tree, new_tree
