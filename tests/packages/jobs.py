"""The GitLab template's job and the pre-commit hook, run as those services run them, over a small project."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest
import venv

import yaml

from tests.packages import wheel

REPOSITORY = wheel.REPOSITORY
PROJECT = REPOSITORY / "tests/projects/petition"
KEPT = ("PATH", "LANG", "SSL_CERT_FILE", "PIP_CERT", "PIP_INDEX_URL", "REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "https_proxy")


class Jobs(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.wheels = self.folder / "wheels"
        self.wheels.mkdir()
        wheel.make(self.wheels)
        self.project = self.folder / "project"
        shutil.copytree(PROJECT / "deployed", self.project)
        self.git("init", "--quiet", "--initial-branch=main")
        self.commit("deployed")
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.environment |= {"HOME": str(self.folder), **wheel.find_links(self.wheels)}

    def git(self, *arguments):
        identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", "-C", str(self.project), *identity, *arguments], check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, message):
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")

    def change(self):
        shutil.copytree(PROJECT / "working", self.project, dirs_exist_ok=True)

    def run_gitlab(self, **variables):
        """The job's script, line by line in one shell as a runner does it: its exit status, its log, and the report."""
        specification, jobs = yaml.safe_load_all((REPOSITORY / "packages/gitlab/preboot.yml").read_text())
        inputs = {name: str(value["default"]) for name, value in specification["spec"]["inputs"].items()}

        def filled(text):
            return re.sub(r"\$\[\[ inputs\.(\w+) \]\]", lambda match: inputs[match[1]], text)

        job = jobs["preboot"]
        tools = self.folder / "image"
        if not tools.exists():
            venv.create(tools, with_pip=True)
        environment = {
            **self.environment,
            **{name: filled(value) for name, value in job["variables"].items()},
            "PATH": f"{tools}/bin:{self.environment['PATH']}",
            "CI": "true",
            "GITLAB_CI": "true",
            **variables,
        }
        script = "\n".join(map(filled, job["script"]))
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", script], cwd=self.project, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        return done.returncode, done.stdout + done.stderr, json.loads((self.project / job["artifacts"]["reports"]["codequality"]).read_text())

    def test_gitlab_a_merge_request_fails_with_a_report_and_passes_without_findings(self):
        target = self.git("rev-parse", "HEAD")
        self.git("switch", "--quiet", "--create", "change")
        self.change()
        self.commit("change")
        request = {
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": target,
        }
        status, log, report = self.run_gitlab(**request)
        self.assertEqual(status, 1, log)
        self.assertIn("PB101", log)
        self.assertTrue(any(entry["check_name"] == "removed-column-in-use" for entry in report), report)
        self.git("reset", "--quiet", "--hard", target)
        status, log, report = self.run_gitlab(**request)
        self.assertEqual((status, report), (0, []), log)

    def test_pre_commit_judges_what_is_staged(self):
        page = (REPOSITORY / "docs/ci/pre-commit.md").read_text()
        configuration = re.search(r"^```yaml\n(.*?)^```$", page, re.M | re.S)[1]
        self.assertIn("pass_filenames: false", configuration)
        (self.project / ".pre-commit-config.yaml").write_text(configuration)
        self.commit("the hook")

        def run():
            done = subprocess.run(
                ["pre-commit", "run", "--color=never"], cwd=self.project, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
            )
            return done.returncode, done.stdout + done.stderr

        self.change()
        status, log = run()
        self.assertEqual(status, 0, log)
        self.git("add", "--all")
        status, log = run()
        self.assertEqual(status, 1, log)
        self.assertIn("PB101", log)
        # Once for the change, not once for each bunch of files.
        self.assertEqual(log.count("PB301"), 1, log)

    def test_pre_commit_takes_the_repository_too(self):
        subprocess.run(["pre-commit", "validate-manifest", REPOSITORY / ".pre-commit-hooks.yaml"], check=True, env=self.environment)


if __name__ == "__main__":
    unittest.main()
