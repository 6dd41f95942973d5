#!/usr/bin/env python3
"""Random edits and requests over a real tree, for hours if need be: memory stays bounded, and nothing drifts from a fresh start.

    tests/soak/soak.py --preboot target/release/preboot --tree ../some/django/project --steps 100000

The tree must be a git repository; it is copied. Every so many steps everything is saved, and what the server shows of every file is
compared with what a fresh server shows that is given the same texts. The exit status is 1 where they differ.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

WORDS = [
    "name", "models", "note", "title", "0", "(", ")", "[", "]", '"', "'", "#", " ", "\n", "null=True", ", ", "    ", "=", "é😀", "\t",
    "migrations.RemoveField('page', 'title'),", "x = models.TextField()", "class A(models.Model):\n    b = models.TextField()\n", '"""',
]
AT_PLACES = [
    "textDocument/hover", "textDocument/definition", "textDocument/typeDefinition", "textDocument/references",
    "textDocument/documentHighlight", "textDocument/completion", "textDocument/prepareRename",
]
OF_DOCUMENTS = ["textDocument/documentSymbol", "textDocument/codeLens", "textDocument/documentLink", "textDocument/codeAction"]


class Server:
    def __init__(self, program: str, root: Path):
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.process = subprocess.Popen(
            [program, "server"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root, env=environment
        )
        self.published: dict[str, tuple] = {}
        self.next = 0
        self.open_requests: set[int] = set()
        self.errors: dict[int, int] = {}
        capabilities = {
            "workspace": {"didChangeWatchedFiles": {"dynamicRegistration": True}, "workspaceEdit": {"documentChanges": True}},
            "textDocument": {
                "publishDiagnostics": {"relatedInformation": True, "dataSupport": True, "versionSupport": True},
                "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}},
                "rename": {"prepareSupport": True},
            },
        }
        self.wait(self.ask("initialize", {
            "processId": None, "rootUri": root.as_uri(), "capabilities": capabilities,
            "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
        }))
        self.tell("initialized", {})

    def send(self, message: dict) -> None:
        text = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        self.process.stdin.flush()

    def tell(self, method: str, params: object) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: object = None) -> int:
        self.next += 1
        self.open_requests.add(self.next)
        self.send({"id": self.next, "method": method} | ({} if params is None else {"params": params}))
        return self.next

    def wait(self, wanted: int) -> object:
        while True:
            message = self.read()
            if message.get("id") == wanted and "method" not in message:
                return message.get("result")

    def read(self) -> dict:
        length = 0
        while line := self.process.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if not length:
            raise EOFError("the server has ended")
        message = json.loads(self.process.stdout.read(length))
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.published[params["uri"]] = params["diagnostics"]
        elif "method" in message and "id" in message:
            self.send({"id": message["id"], "result": None})
        elif "id" in message:
            self.open_requests.discard(message["id"])
            if error := message.get("error"):
                self.errors[error["code"]] = self.errors.get(error["code"], 0) + 1
        return message

    def drain(self, most: int) -> None:
        while len(self.open_requests) > most:
            self.read()

    def shown(self) -> dict:
        """What is shown of each file when nothing is left to be done."""
        while True:
            status = self.wait(self.ask("preboot/status"))
            if not status or all(folder["isComplete"] for folder in status):
                break
            time.sleep(0.2)
        self.wait(self.ask("preboot/status"))
        return {uri: found for uri, found in self.published.items() if found}

    def usage(self) -> tuple[int, float]:
        """Resident memory in MB, and seconds of CPU."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") >> 20, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def end(self) -> int:
        self.wait(self.ask("shutdown"))
        self.send({"method": "exit"})
        return self.process.wait(60)


class Soak:
    def __init__(self, program: str, root: Path, seed: int):
        self.program, self.root, self.random = program, root, random.Random(seed)
        self.server = Server(program, root)
        self.versions: dict[str, int] = {}
        self.texts: dict[str, str] = {}
        self.files = self.pick()
        self.counts = {"edits": 0, "requests": 0, "files": 0}
        for path in self.files[:10]:
            self.open(path)

    def pick(self) -> list[str]:
        """Migrations, models, views and templates, the same ones for a seed."""
        of = lambda glob: sorted(str(path.relative_to(self.root)) for path in self.root.glob(glob) if path.stat().st_size < 200_000)
        groups = [of("**/migrations/0*.py"), of("**/models.py") + of("**/models/*.py"), of("**/views.py"), of("**/templates/**/*.html")]
        picked = [path for group in groups for path in self.random.sample(group, min(6, len(group)))]
        self.random.shuffle(picked)
        return picked

    def uri(self, path: str) -> str:
        return (self.root / path).as_uri()

    def open(self, path: str) -> None:
        text = self.texts.get(path) or (self.root / path).read_text()
        self.texts[path], self.versions[path] = text, 1
        self.server.tell("textDocument/didOpen", {"textDocument": document(self.uri(path), text)})

    def step(self) -> None:
        path = self.random.choice(list(self.versions))
        dice = self.random.random()
        if dice < 0.62:
            self.edit(path)
        elif dice < 0.66:
            self.change(path, [{"text": (self.root / path).read_text()}], (self.root / path).read_text())
        elif dice < 0.67:
            self.server.tell("textDocument/didSave", {"textDocument": {"uri": self.uri(path)}})
        elif dice < 0.68:
            self.server.tell("textDocument/didClose", {"textDocument": {"uri": self.uri(path)}})
            del self.versions[path], self.texts[path]
            self.open(self.random.choice([it for it in self.files if it not in self.versions]))
        elif dice < 0.685:
            self.outside()
        else:
            self.request(path)
        self.server.drain(20)

    def edit(self, path: str) -> None:
        text = self.texts[path]
        at = self.random.randrange(len(text) + 1)
        start, end = text.rfind("\n", 0, at) + 1, (text.find("\n", at) + 1) or len(text)
        kind = self.random.randrange(6)
        if kind == 0:
            start, end, new = start, end, ""
        elif kind == 1:
            end, new = start, text[start:end]
        elif kind == 2:
            start = end = at
            new = self.random.choice(WORDS)
        elif kind == 3:
            start, end, new = at, min(len(text), at + self.random.randrange(12)), ""
        elif kind == 4:
            end, new = start, "# a comment\n"
        else:
            start, end, new = at, min(len(text), at + 3), self.random.choice(WORDS)
        place = {"start": position(text, start), "end": position(text, end)}
        self.change(path, [{"range": place, "text": new}], text[:start] + new + text[end:])

    def change(self, path: str, changes: list, text: str) -> None:
        self.counts["edits"] += 1
        self.versions[path] += 1
        self.texts[path] = text
        self.server.tell("textDocument/didChange", {
            "textDocument": {"uri": self.uri(path), "version": self.versions[path]}, "contentChanges": changes,
        })

    def request(self, path: str) -> None:
        self.counts["requests"] += 1
        document = {"textDocument": {"uri": self.uri(path)}}
        text = self.texts[path]
        if self.random.random() < 0.8:
            method = self.random.choice(AT_PLACES)
            here = document | {"position": position(text, self.random.randrange(len(text) + 1))}
            asked = self.server.ask(method, here | {"context": {"includeDeclaration": True, "triggerKind": 1}})
        else:
            method = self.random.choice(OF_DOCUMENTS)
            whole = {"start": position(text, 0), "end": position(text, len(text))}
            asked = self.server.ask(method, document | ({"range": whole, "context": {"diagnostics": []}} if "Action" in method else {}))
        if self.random.random() < 0.1:
            self.server.tell("$/cancelRequest", {"id": asked})

    def outside(self) -> None:
        """A file comes or goes on disk."""
        self.counts["files"] += 1
        path = self.root / f"soak_{self.random.randrange(4)}.py"
        if path.exists():
            path.unlink()
            kind = 3
        else:
            path.write_text("from django.db import models\n\n\nclass Soak(models.Model):\n    name = models.TextField()\n")
            kind = 1
        self.server.tell("workspace/didChangeWatchedFiles", {"changes": [{"uri": path.as_uri(), "type": kind}]})

    def compare(self) -> tuple[int, int]:
        """How many files are shown, and how many otherwise than a fresh server shows them."""
        for path in self.versions:
            self.server.tell("textDocument/didSave", {"textDocument": {"uri": self.uri(path)}})
        self.server.drain(0)
        here = self.server.shown()
        fresh = Server(self.program, self.root)
        for path, text in self.texts.items():
            fresh.tell("textDocument/didOpen", {"textDocument": document(self.uri(path), text)})
        there = fresh.shown()
        fresh.end()
        different = sorted(uri for uri in here.keys() | there.keys() if here.get(uri) != there.get(uri))
        for uri in different[:3]:
            print(f"drift in {uri}:\n  kept:  {json.dumps(here.get(uri))[:400]}\n  fresh: {json.dumps(there.get(uri))[:400]}", flush=True)
        return len(there), len(different)


def document(uri: str, text: str) -> dict:
    return {"uri": uri, "languageId": "python" if uri.endswith(".py") else "html", "version": 1, "text": text}


def position(text: str, offset: int) -> dict:
    line = text.count("\n", 0, offset)
    column = text[text.rfind("\n", 0, offset) + 1 : offset]
    return {"line": line, "character": len(column.encode("utf-16-le")) // 2}


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--preboot", default="target/release/preboot")
    arguments.add_argument("--tree", type=Path, required=True)
    arguments.add_argument("--steps", type=int, default=100_000)
    arguments.add_argument("--each", type=int, default=10_000, help="steps between two comparisons")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    program = str(Path(given.preboot).resolve())
    drifted = 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder).resolve() / given.tree.name
        shutil.copytree(given.tree, root, symlinks=True)
        soak = Soak(program, root, given.seed)
        print("| steps | edits | requests | files | memory, MB | CPU, s | files with diagnostics | otherwise than fresh |\n|" + "---|" * 8)
        for step in range(given.steps + 1):
            if step % given.each == 0:
                shown, different = soak.compare()
                drifted += different
                memory, cpu = soak.server.usage()
                counts = soak.counts
                print(f"| {step} | {counts['edits']} | {counts['requests']} | {counts['files']} | {memory} | {cpu:.0f} | {shown} | {different} |", flush=True)
            soak.step()
        print(f"errors answered, by code: {soak.server.errors}; exit status {soak.server.end()}")
    return int(drifted > 0)


if __name__ == "__main__":
    sys.exit(main())
