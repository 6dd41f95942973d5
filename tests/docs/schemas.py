"""Validates what `preboot` prints of the test projects against the schemas in docs/schemas, which must be strict enough to matter."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import jsonschema

repository = Path(os.environ["REPOSITORY"])


def validator(name):
    schema = json.loads((repository / "docs/schemas" / name).read_text())
    kind = jsonschema.Draft202012Validator
    kind.check_schema(schema)
    return kind(schema)


def run(folder, *arguments):
    done = subprocess.run([os.environ["PREBOOT"], *arguments, "--output-format", "json"], cwd=folder, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def git(folder, *arguments):
    subprocess.run(["git", "-C", folder, "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false", *arguments], check=True)


check, refs, plan, explain = map(validator, ("check.json", "refs.json", "plan.json", "explain.json"))
count = 0
for project in sorted((repository / "tests/projects").iterdir()):
    if not (project / "deployed").is_dir():
        continue
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(project / "deployed", folder, dirs_exist_ok=True)
        git(folder, "init", "--quiet", "--initial-branch=main")
        git(folder, "add", "--all")
        git(folder, "commit", "--quiet", "--message=deployed")
        shutil.copytree(project / "working", folder, dirs_exist_ok=True)
        for arguments in (["check"], ["check", "--all"], ["check", "--vendor", "mysql@8.0"], ["check", "--deploy-order", "migrate-last"]):
            report = run(folder, *arguments)
            check.validate(report)
            count += 1
        plan.validate(run(folder, "plan"))
        if project.name == "petition":
            planned = run(folder, "plan")
            assert len(planned["phases"]) == 2 and planned["alternatives"]
            explained = run(folder, "explain", "campaign/migrations/0002_petition_fields.py:10")
            assert explained["place"]["line"] == 10 and "RemoveField" in explained["markdown"]
            explain.validate(explained)
            answer = run(folder, "refs", "campaign.Petition.requires_country_code")
            assert answer["references"]
            refs.validate(answer)

example = repository / "tests/example"
check.validate(run(example, "check", "--no-base"))

explain.validate(run(example, "explain", "PB101"))

# A schema that takes anything proves nothing.
for key in report:
    wrong = {**report, key: object}
    assert list(check.iter_errors(wrong)), f"the schema says nothing of {key}"
for schema in (check, refs, plan, explain):
    assert list(schema.iter_errors({}))

# The configuration's schema is for editors: it knows every key that `preboot config` prints.
configuration = validator("configuration.json")
configuration.validate({"base": "heroku/main", "vendor": "postgresql@15", "ignore": ["PB4"], "fail-on": "never"})
assert list(configuration.iter_errors({"fail-on": "sometimes"}))
assert count >= 4
