"""The driver's side of a version of the code: starts the fork servers and talks to their processes."""

import json
import os
import socket
import subprocess
import threading
import time
from pathlib import Path

INSIDE = Path(__file__).resolve().parent.parent / "inside"


class Refused(Exception):
    """A command failed inside of Django; the text is the exception's last line."""


class Code:
    """A process that has one version of the project's code loaded."""

    def __init__(self, path, timeout):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(timeout)
        self.socket.connect(str(path))
        self.lines = self.socket.makefile("rwb")

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.lines.close()
        self.socket.close()

    def __call__(self, command, **arguments):
        self.lines.write(json.dumps({"do": command, **arguments}).encode() + b"\n")
        self.lines.flush()
        line = self.lines.readline()
        if not line:
            raise Refused(f"the process ended during {command}")
        answer = json.loads(line)
        if "error" in answer:
            refused = Refused(answer["error"])
            refused.trace = answer["trace"]
            raise refused
        return answer["ok"]


class Starter:
    """One fork server for each Python interpreter, started when it is first asked for."""

    def __init__(self, directory, timeout=120):
        self.directory = Path(directory)
        self.timeout = timeout
        self.servers = {}
        self.lock = threading.Lock()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for process, _ in self.servers.values():
            process.terminate()
            process.wait()

    def server(self, python):
        with self.lock:
            if python not in self.servers:
                path = self.directory / f"{len(self.servers)}.socket"
                environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}
                process = subprocess.Popen([str(python), str(INSIDE / "server.py"), str(path)], env=environment)
                deadline = time.monotonic() + 120
                while not path.exists():
                    if process.poll() is not None or time.monotonic() > deadline:
                        process.kill()
                        raise SystemExit(f"{python} does not start")
                    time.sleep(0.02)
                self.servers[python] = (process, path)
            return self.servers[python][1]

    def start(self, python, tree, settings, database, values):
        """A process that runs the code in `tree` against `database`."""
        path = self.server(python)
        for _ in range(50):
            try:
                code = Code(path, self.timeout)
                break
            except ConnectionRefusedError:
                time.sleep(0.02)
        else:
            raise Refused("the fork server does not answer")
        code("open", tree=str(tree), settings_module=settings, database=database, values=values)
        return code
