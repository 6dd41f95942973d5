"""replay.py PAGE: does what a page tells its reader to do, and compares what happens with what the page says.

In a block of `console` each line that starts with `$ ` is a command for bash, and the lines after it are what it prints on stdout
and stderr; a line `…` stands for any lines. A block of any language with a `title="PATH"` is a file that the reader writes there. Hashes of commits
differ from run to run, and are compared as such. Commands run in one folder, in which `preboot` is this repository.
With UPDATE_EXPECT=1 the outputs that hold no `…` are written again.
"""

import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HASH = re.compile(r"\b[0-9a-f]{7,40}\b")
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.M | re.S)


class Shell:
    """One bash that lives as long as the page: `cd` lasts."""

    END = "__end__"

    def __init__(self, folder):
        program = folder / ".bin"
        program.mkdir()
        (program / "preboot").symlink_to(Path(os.environ["PREBOOT"]).resolve())
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL")}
        environment |= {
            "PATH": f"{program}:{environment['PATH']}",
            "HOME": str(folder),
            "GIT_CONFIG_GLOBAL": str(folder / ".gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
        }
        (folder / ".gitconfig").write_text("[user]\n\tname = A\n\temail = a@example.org\n[init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n")
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=folder, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    def run(self, command):
        self.process.stdin.write(f"{command}\nprintf '\\n%s\\n' {self.END}\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            if line == f"{self.END}\n":
                break
            lines.append(line.rstrip("\n"))
        text = "\n".join(lines)
        return text.strip("\n")

    def directory(self):
        return Path(self.run("pwd"))


def matches(expected, printed):
    pattern = "\n".join(".*" if line == "…" else re.escape(HASH.sub("#", line)) for line in expected.split("\n"))
    return re.fullmatch(pattern, HASH.sub("#", printed), re.S)


def steps(block):
    """(command, what it prints) of a console block."""
    found = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return [(command, "\n".join(output).strip("\n")) for command, output in found]


def replay(page, folder):
    (folder / "preboot").symlink_to(os.environ["REPOSITORY"])
    shell = Shell(folder)
    text = page.read_text(encoding="utf-8")
    wrong = []

    def block(match):
        language, title, content = match.groups()
        if title:
            path = shell.directory() / title
            assert path.resolve().is_relative_to(folder.resolve()), path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        if language != "console":
            return match[0]
        lines = []
        for command, expected in steps(content):
            # A clone would need the network; the repository is there.
            printed = "" if command.startswith(("git clone ", "pip install ")) else shell.run(command)
            if not matches(expected, printed):
                wrong.append(f"$ {command}\n" + "\n".join(difflib.unified_diff(expected.split("\n"), printed.split("\n"), "the page", "what is printed", lineterm="")))
                if "…" not in expected.split("\n"):
                    expected = printed
            lines += [f"$ {command}", expected] if expected else [f"$ {command}"]
        return f"```{language}\n" + "\n".join(lines) + "\n```"

    new = FENCE.sub(block, text)
    if os.environ.get("UPDATE_EXPECT") and new != text:
        page.write_text(new, encoding="utf-8")
    assert "```console\n" in text, "nothing was run"
    return "\n\n".join(wrong)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        sys.exit(replay(Path(sys.argv[1]), Path(name)) or None)
