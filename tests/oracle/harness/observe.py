"""Runs both versions of the code against both schemas and says what failed."""

from dataclasses import dataclass, field

from .client import Refused


@dataclass
class Observation:
    """What happened. The lists hold failures as `inside/probes.py` gives them."""

    failed: str = ""
    old_on_new: list = field(default_factory=list)
    new_on_old: list = field(default_factory=list)
    new_on_new: list = field(default_factory=list)
    migration: dict = None

    @property
    def verdict(self):
        """What the deployed code meets on the new schema: fails, breaks, conditional or safe."""
        return "fails" if self.failed else verdict(self.old_on_new)


def verdict(failures):
    conditions = {failure["condition"] for failure in failures}
    return "breaks" if None in conditions else "conditional" if conditions else "safe"


def key(failure):
    return (failure["model"], failure["kind"], failure["probe"], failure["field"], failure["condition"])


def without(failures, known):
    """Failures that `known` doesn't have already."""
    seen = {key(failure) for failure in known}
    return [failure for failure in failures if key(failure) not in seen]


def observe(old, new):
    """The observation of a change; `old` has filled its database with rows, `new` has not migrated yet."""
    old("load")
    before = old("probe")
    new("load")
    result = Observation(new_on_old=new("probe"))
    try:
        result.migration = new("migrate", watch=True)
    except Refused as error:
        result.failed = str(error)
        return result
    result.old_on_new = without(old("probe"), before)
    new("load")
    result.new_on_new = new("probe")
    new("write", first=20)
    later = without(old("probe"), before + result.old_on_new)
    for failure in later:
        if failure["condition"] is None:
            result.old_on_new.append({**failure, "condition": "other_code_wrote_rows"})
    return result
