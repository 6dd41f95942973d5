"""Compares an observation with the answer of `preboot check`."""

import re

from .observe import verdict

MODES = (
    "ACCESS SHARE",
    "ROW SHARE",
    "ROW EXCLUSIVE",
    "SHARE UPDATE EXCLUSIVE",
    "SHARE",
    "SHARE ROW EXCLUSIVE",
    "EXCLUSIVE",
    "ACCESS EXCLUSIVE",
)
# The weaker modes come from rows being read or written, not from DDL.
STRONG = MODES[3:]


def disagreements(observed, answer, engine):
    """Sentences, one for each thing that preboot says and that is not so, or the other way round."""
    change = answer["change"]
    if observed.failed:
        said = change["verdict"]
        return [] if said == "fails" else [f"the migration fails ({observed.failed}), preboot says {said}"]
    if change["verdict"] == "unknown":
        return [f"preboot says unknown, observed {observed.verdict}"]
    found = ["preboot says that the migration fails, it doesn't"] if change["verdict"] == "fails" else []
    said = verdict([{"condition": entry["condition"] if entry["certainty"] == "conditional" else None} for entry in change["old_on_new"]])
    if said != observed.verdict and not (said == "conditional" and is_rare(observed.old_on_new)):
        found.append(f"old code on the new schema: preboot says {said}, observed {observed.verdict}")
    found += statements("old code on the new schema", change["old_on_new"], observed.old_on_new)
    found += conditions(change["old_on_new"], observed.old_on_new)
    for label, key in (("new code on the old schema", "new_on_old"), ("new code on the new schema", "new_on_new")):
        found += statements(label, change[key], getattr(observed, key), reads_first=True)
    if engine == "postgresql":
        found += locks(observed.migration, answer["migrations"])
    return found


def is_rare(failures):
    """Whether all that always fails are calls which few programs make."""
    return all(failure["rare"] for failure in failures if failure["condition"] is None)


def comparable(pairs):
    """(model, kind) pairs without related reads, and without filters of a model that can't be read anyway."""
    unread = {model for model, kind in pairs if kind == "read"}
    return {(model, kind) for model, kind in pairs if kind != "relation" and not (kind == "filter" and model in unread)}


def statements(label, breaks, failures, reads_first=False):
    """Which statements always fail, by model and kind.

    With `reads_first` the version has no instances from before: what it can't read it neither updates nor deletes."""
    said = comparable({(entry["model"], entry["statement"]) for entry in breaks if entry["certainty"] == "always"})
    always = [failure for failure in failures if failure["condition"] is None]
    observed = comparable({(failure["model"], failure["kind"]) for failure in always})
    common = comparable({(failure["model"], failure["kind"]) for failure in always if not failure["rare"]})
    if reads_first:
        unread = {model for model, kind in said & observed if kind == "read"}
        said, observed, common = (
            {(model, kind) for model, kind in pairs if not (model in unread and kind in ("update", "delete"))}
            for pairs in (said, observed, common)
        )
    found = []
    for model, kind in sorted(said - observed):
        found.append(f"{label}: preboot says that {kind} of {model} fails, it works")
    for model, kind in sorted(common - said):
        error = next(failure["error"] for failure in always if (failure["model"], failure["kind"]) == (model, kind))
        found.append(f"{label}: {kind} of {model} fails ({error}), preboot doesn't say so")
    return found


def conditions(breaks, failures):
    """Under which conditions writes fail, by model, where nothing of the model fails always."""
    certain = {failure["model"] for failure in failures if failure["condition"] is None}
    certain |= {entry["model"] for entry in breaks if entry["certainty"] == "always"}
    said = {(entry["model"], entry["condition"]) for entry in breaks if entry["certainty"] == "conditional"}
    observed = {(failure["model"], failure["condition"]): failure["error"] for failure in failures if failure["condition"]}
    found = []
    for model, condition in sorted(said - set(observed)):
        if model not in certain:
            found.append(f"old code on the new schema: preboot says that {model} fails under {condition}, nothing does")
    for model, condition in sorted(set(observed) - said):
        if model not in certain:
            found.append(
                f"old code on the new schema: {model} fails under {condition} ({observed[model, condition]}), preboot doesn't say so"
            )
    return found


def locks(migration, judged):
    """The strongest lock on each table that existed, the tables rewritten, and the tables read as a whole."""
    said, rewritten, scanned = {}, set(), set()
    for entry in (lock for one in judged for lock in one["locks"]):
        table = entry["table"]
        if entry["mode"] in STRONG:
            said[table] = max(entry["mode"], said.get(table, entry["mode"]), key=MODES.index)
        rewritten |= {table} if entry["rewrite"] else set()
        scanned |= {table} if entry["scan"] else set()
    if migration["unseen"]:
        return []
    observed = {table: mode for table, mode in migration["locks"].items() if mode in STRONG}
    found = []
    for table in sorted(set(said) | set(observed)):
        if said.get(table) != observed.get(table):
            found.append(f"lock on {table}: preboot says {said.get(table)}, observed {observed.get(table)}")
    # A foreign key's targets may be looked up in their index where tables are as small as here.
    targets = {table for sql in migration["sql"] for table in re.findall(r'REFERENCES "(\w+)"', sql)}
    scanned -= targets - set(migration["scanned"])
    for what, mine, real in (("rewritten", rewritten, migration["rewritten"]), ("scanned", scanned, migration["scanned"])):
        if mine != set(real):
            found.append(f"tables {what}: preboot says {sorted(mine)}, observed {sorted(real)}")
    return found
