"""Proves a plan: applies its phases one after another and runs every version against every schema that it meets."""

import re
import shutil
import subprocess
from pathlib import Path

from .client import Refused
from .observe import without


class Proof:
    """What went wrong in a chain of deploys, and how many phases it had."""

    def __init__(self, title, phases):
        self.title = title
        self.phases = phases
        self.wrong = []
        self.stuck = []

    def say(self, text):
        self.wrong.append(text)


def trees_of(phases, old_tree, directory):
    """[the deployed tree, the tree after each phase]; raises `Refused` where a diff doesn't apply."""
    trees = [Path(old_tree)]
    for number, phase in enumerate(phases, 1):
        target = directory / f"phase{number}"
        shutil.copytree(trees[-1], target)
        for change in phase["files"]:
            if change["diff"].strip():
                apply(change["diff"], target)
        trees.append(target)
    return trees


def apply(diff, target):
    command = ["git", "apply", "--unsafe-paths", "--whitespace=nowarn", f"--directory={target}", "-"]
    run = subprocess.run(command, input=diff.encode(), cwd="/", capture_output=True)
    if run.returncode:
        raise Refused(f"a diff does not apply: {run.stderr.decode().strip()}")


class Chain:
    """The deploys of a plan on one database.

    `start` makes a process of a tree on a database, `by_hand` maps the number of a deploy to the SQL of what a person does before it."""

    def __init__(self, proof, phases, trees, start, engine, outcome, by_hand):
        self.by_hand = by_hand
        self.proof = proof
        self.phases = phases
        self.trees = trees
        self.start = start
        self.engine = engine
        self.outcome = outcome

    def run(self):
        database = self.engine.create()
        try:
            with self.start(self.trees[0], database) as code:
                code("migrate")
                code("fill")
                self.outcome.remember(code("all_rows"))
            for number in range(1, len(self.trees)):
                self.deploy(number, database)
            self.end(database)
        finally:
            self.engine.drop(database)

    def deploy(self, number, database):
        """One release: its migrations one by one under the code before it, then both versions write, and read each other."""
        proof, label = self.proof, f"PR {number}"
        with self.start(self.trees[number - 1], database) as before, self.start(self.trees[number], database) as after:
            if number in self.by_hand:
                before("by_hand", sql=self.by_hand[number])
            before("load")
            known = before("probe")
            todo = after("unapplied")
            self.announced(number, todo)
            for app, name in todo:
                after("migrate", app=app, target=name)
                self.judge(f"{label}: the code before it after {app}.{name}", self.unexpected(number, without(before("probe"), known)))
            nothing = after("make_migrations", name="x", check=True)
            if nothing and not self.outcome.is_unfinished:
                proof.say(f"{label}: {nothing}")
            self.backwards(label, number, todo, database, known)
            after("load")
            self.judge(f"{label}: its own code", always(after("probe")))
            self.reads(label, number, after)
            # The code before writes last: what it writes then must not be lost either.
            for turn, (code, at) in enumerate(((before, number - 1), (after, number), (before, number - 1))):
                told = code("serve", first=100 * number + 10 * turn, only=self.written_by(at))
                self.outcome.remember(told["written"])
                for text in told["refused"]:
                    proof.say(f"{label}: the code of PR {at} writes: {text}")
                if code is after:
                    failures = self.unexpected(number, without(before("probe"), known))
                    self.judge(f"{label}: after its code wrote, the code before it", failures)
            self.judge(f"{label}: after the code before it wrote, its own code", always(after("probe")))

    def is_live(self, number):
        """Whether the code of this phase is the working code, which reads and writes under the names of the end."""
        return any(phase.get("working_code") for phase in self.phases[:number])

    def reads(self, label, number, code):
        """The working code finds what was written before it went live."""
        if self.is_live(number):
            models = code("models")
            found = code("read", wanted=self.outcome.questions(models))
            for text in self.outcome.different_rows(found, models):
                self.proof.say(f"{label}: its code reads: {text}")

    def announced(self, number, todo):
        """The plan names the migrations that run."""
        named = self.phases[number - 1].get("migrations")
        if named is not None and named != [f"{app}.{name}" for app, name in todo]:
            self.proof.say(f"PR {number}: the plan names {named}, Django runs {todo}")

    def backwards(self, label, number, todo, database, known):
        """A rollback that takes the schema along: migrates back, lets the code before work, and forwards again."""
        if not todo:
            return
        with self.start(self.trees[number], database) as code:
            try:
                for app, target in leaves_before(self.trees[-1], todo).items():
                    code("migrate", app=app, target=target)
            except Refused as error:
                self.stuck(f"{label}: does not migrate back", error)
                code("migrate")
                return
        with self.start(self.trees[number - 1], database) as before:
            before("load")
            self.judge(
                f"{label}: the code before it after a rollback of the schema", self.unexpected(number, without(before("probe"), known))
            )
        with self.start(self.trees[number], database) as code:
            try:
                code("migrate")
            except Refused as error:
                self.stuck(f"{label}: does not migrate forwards again", error)
                code("migrate", fake=True)

    def stuck(self, where, error):
        """A schema that doesn't go back is the plan's fault, unless the author's own migrations are stuck in the same way."""
        is_authors = self.outcome.no_way_back is not None and reason(error) == reason(self.outcome.no_way_back)
        (self.proof.stuck if is_authors else self.proof.wrong).append(f"{where}: {error}")

    def unexpected(self, number, failures):
        """What the code before a deploy may not meet: all failures, but for the ones that the plan tells a person to see to in that code."""
        return always(failures) if is_told(self.phases, number) else failures

    def judge(self, where, failures):
        for failure in failures:
            what = f"{failure['kind']} of {failure['model']} ({failure['probe']} {failure['field'] or ''})"
            self.proof.say(
                f"{where}: {what} fails {'if ' + failure['condition'] if failure['condition'] else 'always'}: {failure['error']}"
            )

    def written_by(self, at):
        """{label: fields} that the code of a phase writes by its own will: of the old models until the working code is live."""
        models = self.outcome.wanted_models if self.is_live(at) else self.outcome.old_models
        return {label: [name for name in fields if name.isidentifier()] for label, fields in models.items()}

    def end(self, database):
        """What the author wanted is there."""
        with self.start(self.trees[-1], database) as code:
            models, schema = code("models"), code("schema")
            found = code("read", wanted=self.outcome.questions(models))
        needed = schema_of(self.start, self.engine, self.trees[-1], "create_all")
        self.proof.wrong += self.outcome.different_models(models)
        self.proof.wrong += self.outcome.different_rows(found, models)
        self.proof.wrong += self.outcome.different_schema(schema, needed)


def leaves_before(tree, todo):
    """{app: its last migration before those in `todo`}."""
    targets = {}
    for app, name in todo:
        if app not in targets:
            folder = next(path for path in tree.rglob(f"{name}.py") if path.parent.name == "migrations")
            new = {name for _, name in todo}
            names = sorted(path.stem for path in folder.parent.glob("[0-9]*.py") if path.stem not in new and path.stem < name)
            targets[app] = names[-1] if names else "zero"
    return targets


def reason(error):
    """What went wrong, whatever the migration is called."""
    return re.sub(r" in \w+\.\w+", "", str(error))


def schema_of(start, engine, source, how):
    """The schema that a tree makes of an empty database: `how` is `migrate`, or `create_all` after its models."""
    database = engine.create()
    try:
        with start(source, database) as code:
            code(how)
            return code("schema")
    finally:
        engine.drop(database)


def is_told(phases, number):
    """Whether the plan asks a person to see to something in the code that runs before the deploy of this number."""
    return any("### In the code" in phase["body"] for phase in phases[: number - 1])


def always(failures):
    return [failure for failure in failures if failure["condition"] is None]
