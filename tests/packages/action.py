"""The GitHub Action's scripts and steps, over a small project, with a stand-in for GitHub's API."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import yaml

from tests.packages import wheel

REPOSITORY = wheel.REPOSITORY
SCRIPTS = REPOSITORY / "packages/action"


class Api(BaseHTTPRequestHandler):
    """Comments of one pull request; `refuse` answers every write with 403."""

    comments = []
    refuse = False

    def answer(self, status, content):
        data = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def content(self):
        return json.loads(self.rfile.read(int(self.headers["Content-Length"])))["body"]

    def do_GET(self):
        page = int(re.search(r"page=(\d+)$", self.path)[1])
        self.answer(200, Api.comments[(page - 1) * 100 : page * 100])

    def do_POST(self):
        body = self.content()
        if Api.refuse:
            return self.answer(403, {})
        assert self.path == "/repos/o/r/issues/7/comments", self.path
        number = len(Api.comments)
        Api.comments.append({"url": f"http://{self.headers['Host']}/comments/{number}", "body": body})
        self.answer(201, {})

    def do_PATCH(self):
        body = self.content()
        comment = Api.comments[int(self.path.rsplit("/", 1)[1])]
        if Api.refuse or comment.get("foreign"):
            return self.answer(403, {})
        comment["body"] = body
        self.answer(200, {})

    def log_message(self, *_):
        pass


def holds(condition, values):
    """Whether a step's `if` holds: `==`, `!=`, `startsWith` and `&&` are known."""
    words = re.sub(r"(?<!['\w.-])(?:inputs|github|steps)\.[\w.-]+", lambda match: repr(values[match[0]]), condition)
    return eval(words.replace("&&", " and "), {"startsWith": str.startswith, "__builtins__": {}})


class Action(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        bin = self.folder / "bin"
        bin.mkdir()
        (bin / "preboot").symlink_to(pathlib.Path(os.environ["PREBOOT"]).resolve())
        self.project = self.folder / "a project; touch x"
        shutil.copytree(REPOSITORY / "tests/projects/petition/deployed", self.project)
        git = ["git", "-C", str(self.project), "-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run([*git, "init", "--quiet", "--initial-branch=main"], check=True)
        subprocess.run([*git, "add", "--all"], check=True)
        subprocess.run([*git, "commit", "--quiet", "--message=deployed"], check=True)
        shutil.copytree(REPOSITORY / "tests/projects/petition/working", self.project, dirs_exist_ok=True)
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.addCleanup(self.server.server_close)
        self.addCleanup(self.server.shutdown)
        Api.comments, Api.refuse = [], False
        (self.folder / "event.json").write_text('{"pull_request": {"number": 7}}')
        self.environment = {
            "PATH": f"{bin}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "RUNNER_TEMP": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_API_URL": f"http://127.0.0.1:{self.server.server_port}",
            "GITHUB_REPOSITORY": "o/r",
            "INPUT_TOKEN": "secret",
            "INPUT_ROOT": str(self.project),
            "INPUT_BASE": "",
            "INPUT_FAIL_ON": "",
            "INPUT_ARGS": "",
        }

    def run_check(self, status=0, **inputs):
        """stdout, and the outputs that the step sets."""
        output = pathlib.Path(self.environment["GITHUB_OUTPUT"])
        output.unlink(missing_ok=True)
        done = subprocess.run([SCRIPTS / "check"], env={**self.environment, **inputs}, cwd=self.folder, capture_output=True, text=True)
        self.assertEqual(done.returncode, status, done.stderr)
        return done.stdout, dict(line.split("=", 1) for line in output.read_text().splitlines())

    def comment(self, report, **inputs):
        environment = {**self.environment, "REPORT": str(report), **inputs}
        return subprocess.run([sys.executable, SCRIPTS / "comment.py"], env=environment, check=True, capture_output=True, text=True).stdout

    def test_findings_are_annotations_and_a_summary_and_the_status_is_handed_on(self):
        stdout, outputs = self.run_check()
        self.assertIn("::error title=PB101 removed-column-in-use,file=", stdout)
        self.assertEqual(outputs["status"], "1")
        report = pathlib.Path(outputs["report"]).read_text()
        self.assertIn("| **PB101** error |", report)
        self.assertEqual(report, (self.folder / "summary.md").read_text())

    def test_inputs_are_arguments_and_never_commands(self):
        _, outputs = self.run_check(INPUT_FAIL_ON="never", INPUT_ARGS="--ignore\nPB1,PB2\n--vendor\nmysql@8.0\n")
        self.assertEqual(outputs["status"], "0")
        report = pathlib.Path(outputs["report"]).read_text()
        self.assertIn("MySQL 8.0", report)
        self.assertNotIn("PB101**", report)
        _, outputs = self.run_check(INPUT_BASE="$(touch injected)", INPUT_ARGS="--ignore\n; touch injected\n`touch injected`")
        self.assertEqual(outputs["status"], "2")
        self.assertEqual(list(self.folder.glob("**/injected")), [])

    def test_a_comment_is_written_once_and_updated(self):
        Api.comments = [{"url": "", "body": f"talk {number}"} for number in range(150)]
        _, outputs = self.run_check()
        self.assertEqual(self.comment(outputs["report"]), "")
        self.assertEqual(len(Api.comments), 151)
        self.assertIn("| **PB101** error |", Api.comments[150]["body"])
        _, outputs = self.run_check(INPUT_ARGS="--ignore\nALL")
        self.comment(outputs["report"])
        self.assertEqual(len(Api.comments), 151)
        self.assertNotIn("**PB101**", Api.comments[150]["body"])

    def run_steps(self, event, **inputs):
        """Runs action.yml as a runner does: the exit status, and the names of the steps that ran."""
        action = yaml.safe_load((REPOSITORY / "action.yml").read_text())
        values = {f"inputs.{name}": str(value["default"]) for name, value in action["inputs"].items()}
        values |= {f"inputs.{name.replace('_', '-')}": value for name, value in inputs.items()}
        values |= {"inputs.token": "secret", "github.event_name": event}
        environment = {name: value for name, value in self.environment.items() if not name.startswith("INPUT_")}
        wheels = self.folder / "wheels"
        wheels.mkdir(exist_ok=True)
        wheel.make(wheels)
        environment |= {"GITHUB_ACTION_PATH": str(REPOSITORY), "PATH": os.environ["PATH"], **wheel.find_links(wheels)}
        files = {name: self.folder / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH", "GITHUB_ENV")}
        ran = []
        for step in action["runs"]["steps"]:
            if "if" in step and not holds(step["if"], values):
                continue
            ran.append(step["name"])
            for name, file in files.items():
                file.write_text("")
                environment[name] = str(file)
            given = {name: re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: values[match[1]], value) for name, value in step.get("env", {}).items()}
            self.assertEqual(step["shell"], "bash")
            script = self.folder / "step.sh"
            script.write_text(step["run"])
            done = subprocess.run(
                ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
                env={**environment, **given},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
            )
            if done.returncode != 0:
                return done.returncode, ran, done.stdout + done.stderr
            for line in files["GITHUB_OUTPUT"].read_text().splitlines():
                name, value = line.split("=", 1)
                values[f"steps.{step['id']}.outputs.{name}"] = value
            for folder in files["GITHUB_PATH"].read_text().splitlines():
                environment["PATH"] = f"{folder}:{environment['PATH']}"
            environment |= dict(line.split("=", 1) for line in files["GITHUB_ENV"].read_text().splitlines())
        return 0, ran, ""

    def test_the_steps_of_the_action_one_after_the_other(self):
        root = str(self.project)
        every = ["Install preboot", "preboot check", "Comment on the pull request", "Result"]
        # What the change brings along for Python to find is not run.
        for module in ("venv", "pip", "json", "urllib"):
            (self.folder / f"{module}.py").write_text("open('executed', 'w')")
        status, ran, log = self.run_steps("pull_request", root=root)
        self.assertEqual((status, ran), (1, every), log)
        self.assertFalse((self.folder / "executed").exists())
        self.assertIn("| **PB101** error |", Api.comments[0]["body"])
        status, ran, log = self.run_steps("pull_request", root=root, args="--ignore\nALL")
        self.assertEqual((status, ran), (0, every), log)
        self.assertEqual(len(Api.comments), 1)
        self.assertNotIn("**PB101**", Api.comments[0]["body"])
        status, ran, log = self.run_steps("push", root=root, fail_on="never")
        self.assertEqual((status, ran), (0, ["Install preboot", "preboot check", "Result"]), log)
        status, ran, log = self.run_steps("pull_request", root=root, base="no-such-revision")
        self.assertEqual((status, ran), (2, ["Install preboot", "preboot check", "Result"]), log)

    def test_nothing_to_say_is_not_said_at_first(self):
        _, outputs = self.run_check(INPUT_ARGS="--ignore\nALL")
        self.comment(outputs["report"])
        self.assertEqual(Api.comments, [])

    def test_each_project_of_a_repository_has_its_comment(self):
        _, outputs = self.run_check()
        self.comment(outputs["report"], INPUT_ROOT="a")
        self.comment(outputs["report"], INPUT_ROOT="b --><script>")
        self.assertEqual(len(Api.comments), 2)
        self.assertNotIn("<script>", Api.comments[1]["body"])

    def test_a_copy_by_somebody_else_is_left_alone(self):
        _, outputs = self.run_check()
        self.comment(outputs["report"])
        Api.comments[0]["foreign"] = True
        old = Api.comments[0]["body"]
        self.comment(outputs["report"])
        self.assertEqual(Api.comments[0]["body"], old)
        self.assertEqual(len(Api.comments), 2)

    def test_a_token_that_may_only_read_is_a_warning(self):
        Api.refuse = True
        _, outputs = self.run_check()
        self.assertIn("::warning title=preboot::The comment could not be written", self.comment(outputs["report"]))

    def test_a_long_report_is_cut_between_lines(self):
        report = self.folder / "long.md"
        report.write_text("\n| **PB101** error | x |" * 5000)
        self.comment(report)
        body = Api.comments[0]["body"]
        self.assertLessEqual(len(body), 65536)
        self.assertTrue(body.endswith("| x |\n\n…the rest is in the summary of the job.\n"), body[-100:])


if __name__ == "__main__":
    unittest.main()
