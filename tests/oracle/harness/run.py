"""One case on one database with one Django: from the text to the list of disagreements."""

import contextlib
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from . import compare, observe, preboot, tree
from .client import Refused, Starter


@dataclass
class Bench:
    """What all runs share. `pythons` maps a Django version to its environment's interpreter."""

    starter: Starter
    pythons: dict
    program: Path
    work: Path
    keep: bool


@dataclass
class Result:
    """`wrong` is empty where reality, the case and preboot agree; `told` is what was observed, in words.

    `rows` are the lines of the table of plans: (way, number of PRs, what came of it)."""

    case: str
    title: str
    engine: str
    django: str
    wrong: list = field(default_factory=list)
    told: list = field(default_factory=list)
    rows: list = field(default_factory=list)

    @property
    def label(self):
        return f"{self.case} [{self.engine}, Django {self.django}]"


def result_of(name, title, engine, django):
    return Result(name, title, engine.name, django)


def run(bench, case, engine, django):
    """The result of one case."""
    result = result_of(case.name, case.title, engine, django)
    with workplace(bench, result, case.name, engine, django) as (directory, database):
        judge(result, case, engine, django, *both(bench, case, engine, django, directory, database))
    return result


@contextlib.contextmanager
def workplace(bench, result, name, engine, django):
    """An empty directory and a fresh database for a run; what keeps the run from ending becomes a disagreement."""
    directory = bench.work / f"{name}-{engine.name}-{django}"
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir(parents=True)
    database = engine.create()
    try:
        yield directory, database
    except (Refused, preboot.NoAnswer, OSError, subprocess.SubprocessError) as error:
        result.wrong.append(f"could not run: {error}")
        result.told += getattr(error, "trace", "").splitlines()
    finally:
        engine.drop(database)
        if not bench.keep:
            shutil.rmtree(directory, ignore_errors=True)


def judge(result, case, engine, django, observed, answer):
    """Holds the observation against what the case expects and what preboot says."""
    expected = case.expected(engine.name, django)
    if expected and expected != observed.verdict:
        result.wrong.append(f"the case expects {expected}, observed {observed.verdict}")
    found = compare.disagreements(observed, answer, engine.name)
    if case.differs(engine.name, django) is None:
        result.wrong += found
    elif not found:
        result.wrong.append("preboot agrees now: take `differs` out of the case")
    result.told = words(observed)


def both(bench, case, engine, django, directory, database):
    """The observation and preboot's answer."""
    old_tree, new_tree, repository = directory / "old", directory / "new", directory / "repository"

    def start(where):
        return bench.starter.start(bench.pythons[django], where, "settings", database, case.values)

    trees(case, engine, django, old_tree, new_tree, start)
    commits(repository, old_tree, new_tree, case.title)
    with start(old_tree) as old:
        old("migrate")
        old("fill")
        with start(new_tree) as new:
            observed = observe.observe(old, new)
    return observed, preboot.ask(bench.program, "check", repository, "old", engine.vendor)


def trees(case, engine, django, old_tree, new_tree, start):
    """Writes the deployed and the working code; Django writes the migrations that the case doesn't."""
    tree.write_old(case, old_tree, engine.name, django)
    if not case.old_migrations:
        with start(old_tree) as author:
            author("make_migrations", name="initial")
    tree.write_new(case, old_tree, new_tree, django)
    if not case.migrations and not any("migrations" in path for path in case.new_files):
        with start(new_tree) as author:
            author("make_migrations", name="change")


def commits(repository, old_tree, new_tree, title):
    """The deployed code as the tag `old`, the working code on top."""
    tree.commit(repository, old_tree, "the deployed code")
    tree.git(repository, "tag", "old")
    tree.commit(repository, new_tree, title)


def words(observed):
    """An observation for people."""
    lines = [f"the deployed code on the new schema: {observed.verdict} {observed.failed}"]
    for label in ("old_on_new", "new_on_old", "new_on_new"):
        for failure in getattr(observed, label):
            where = f"{failure['model']} {failure['kind']} {failure['probe']} {failure['field'] or ''}"
            lines.append(f"{label}: {where} {failure['condition'] or 'always'}: {failure['error']}")
    for statement in (observed.migration or {}).get("sql", []):
        lines.append(f"sql: {statement}")
    if observed.migration and observed.migration["locks"]:
        lines.append(
            f"locks: {observed.migration['locks']}, rewritten {observed.migration['rewritten']}, scanned {observed.migration['scanned']}"
        )
    return lines
