"""Takes the plan that preboot makes for a case, and proves it."""

import functools
import re

from . import chain, outcome, preboot, project, run as runs, tree
from .client import Refused


def run(bench, case, engine, django):
    """The proof of a case's plan and of each of its alternatives; a case that needs none is left out."""
    result = runs.result_of(case.name, case.title, engine, django)
    with runs.workplace(bench, result, f"plan-{case.name}", engine, django) as (directory, database):
        old_tree, new_tree, repository = directory / "old", directory / "new", directory / "repository"

        def start(where, at, values=None):
            return bench.starter.start(bench.pythons[django], where, "settings", at, {**case.values, **(values or {})})

        runs.trees(case, engine, django, old_tree, new_tree, lambda where: start(where, database))
        runs.commits(repository, old_tree, new_tree, case.title)
        prove(result, bench, engine, repository, old_tree, new_tree, start, directory, case.by_hand)
    known = case.at("differs plan", engine.name, django)
    if known and result.wrong:
        result.told, result.wrong = [f"known: {known}", *result.wrong], []
    return result


def run_project(bench, it, engine, django):
    """The same for two revisions of anybody's project."""
    result = runs.result_of(it.directory.name, f"{it.old} deployed, {it.new} to be deployed", engine, django)
    with runs.workplace(bench, result, f"plan-{it.directory.name}", engine, django) as (directory, _):
        repository, old_tree, new_tree = project.export(it, directory)

        def start(where, at, values=None):
            return bench.starter.start(bench.pythons[django], where, it.settings, at, values or {})

        prove(result, bench, engine, repository, old_tree, new_tree, start, directory, {})
    return result


def prove(result, bench, engine, repository, old_tree, new_tree, start, directory, by_hand):
    """Asks for the plan and runs it, where the change isn't safe as it is."""
    if preboot.ask(bench.program, "check", repository, "old", engine.vendor)["change"]["verdict"] == "safe":
        return
    plan = preboot.ask(bench.program, "plan", repository, "old", engine.vendor)
    samples = shared_samples(start, engine, old_tree, new_tree)
    begin = functools.partial(start, values=samples)
    ways = [("the plan", plan["phases"])] + [(f"or: {entry['title']}", entry["phases"]) for entry in plan["alternatives"]]
    for number, (title, phases) in enumerate(ways):
        if not phases:
            continue
        proof = chain.Proof(title, len(phases))
        try:
            trees = chain.trees_of(phases, old_tree, directory / f"way{number}")
            checked(proof, bench, engine, phases, trees, directory / f"way{number}" / "repository")
            wanted = outcome.Outcome(begin, engine, old_tree, new_tree)
            chain.Chain(proof, phases, trees, begin, engine, wanted, by_hand).run()
        except Refused as error:
            proof.say(str(error))
        result.wrong += [f"{title}: {text}" for text in proof.wrong]
        result.told += [f"{title}: as the author's own: {text}" for text in proof.stuck]
        said = "proven; the author's SQL has no way back" if proof.stuck else "proven"
        result.rows.append((title, proof.phases, "FAILS" if proof.wrong else said))
    for entry in plan["unplanned"]:
        result.rows.append(("the plan", 0, f"none for {entry['what']}: {entry['why']}"))


def checked(proof, bench, engine, phases, trees, repository):
    """`preboot check` itself finds each deploy safe against the one before, but for what the plan tells a person to see to."""
    before = tree.commit(repository, trees[0], "deployed")
    for number, source in enumerate(trees[1:], 1):
        now = tree.commit(repository, source, f"PR {number}")
        said = preboot.ask(bench.program, "check", repository, before, engine.vendor)["change"]["verdict"]
        if said != "safe" and not (said == "conditional" and chain.is_told(phases, number + 1)):
            proof.say(f"PR {number}: preboot check says {said}")
        before = now


def shared_samples(start, engine, old_tree, new_tree):
    """Sample values for the fields whose type changes to or from a text: texts that both types can hold."""
    database = engine.create()
    try:
        found = []
        for where in (old_tree, new_tree):
            with start(where, database) as code:
                found.append((code("texts"), code("models")))
    finally:
        engine.drop(database)
    (old, old_models), (new, new_models) = found
    samples = {}
    for label, given in {**new, **old}.items():
        model, _, name = label.rpartition(".")
        other = (new_models if label in old else old_models).get(model, {}).get(name, "")
        # A key that the database counts is no text either.
        if (label in old) != (label in new) and re.search(r"\.(Char|Text|Slug|Binary|\w*URL|\w*Email)Field'", other):
            samples[label] = given
    return samples
