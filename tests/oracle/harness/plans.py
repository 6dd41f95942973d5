"""Takes the plan that preboot makes for a case, and proves it."""

import functools

from . import chain, outcome, preboot, run as runs
from .client import Refused


def run(bench, case, engine, django):
    """The proof of a case's plan and of each of its alternatives; a case that needs none is left out."""
    result = runs.Result(f"{case.name} [{engine.name}, Django {django}]", case.title)
    result.proofs = []
    with runs.workplace(bench, result, f"plan-{case.name}", engine, django) as (directory, database):
        old_tree, new_tree, repository = directory / "old", directory / "new", directory / "repository"

        def start(where, at, values=None):
            return bench.starter.start(bench.pythons[django], where, "settings", at, {**case.values, **(values or {})})

        runs.trees(case, engine, django, old_tree, new_tree, lambda where: start(where, database))
        runs.commits(repository, old_tree, new_tree, case.title)
        prove(result, bench, engine, repository, old_tree, new_tree, start, directory, case.by_hand)
    return result


def prove(result, bench, engine, repository, old_tree, new_tree, start, directory, by_hand):
    """Asks for the plan and runs it, where the change isn't safe as it is."""
    verdict = preboot.ask(bench.program, "check", repository, "old", engine.vendor)["change"]["verdict"]
    if verdict == "safe":
        return
    plan = preboot.ask(bench.program, "plan", repository, "old", engine.vendor)
    result.told += [f"no plan for {entry['what']}: {entry['why']}" for entry in plan["unplanned"]]
    result.unplanned = plan["unplanned"]
    samples = shared_samples(start, engine, old_tree, new_tree)
    ways = [("", plan["phases"])] + [(f"alternative: {entry['title']}", entry["phases"]) for entry in plan["alternatives"]]
    for number, (title, phases) in enumerate(ways):
        if not phases:
            continue
        proof = chain.Proof(title, len(phases))
        result.proofs.append(proof)
        try:
            trees = chain.trees_of(phases, old_tree, directory / f"way{number}")
            begin = functools.partial(start, values=samples)
            wanted = outcome.Outcome(begin, engine, old_tree, new_tree)
            chain.Chain(proof, phases, trees, begin, engine, wanted, by_hand).run()
        except Refused as error:
            proof.say(str(error))
        result.wrong += [f"{title or 'the plan'}: {text}" for text in proof.wrong]
    result.told.append(f"{verdict}: " + "; ".join(f"{proof.title or 'plan'}: {proof.phases} PRs" for proof in result.proofs))


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
        is_known = name in old_models.get(model, {}) and name in new_models.get(model, {})
        if is_known and (label in old) != (label in new):
            samples[label] = given
    return samples
