"""A client that holds every message of the server against the meta model."""

import json
import os
import subprocess
from pathlib import Path

import meta


class Client:
    def __init__(self, root: Path):
        environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        # Errors that the analysis tells on stderr are none of the protocol's.
        self.process = subprocess.Popen(
            [str(Path(os.environ["PREBOOT"]).resolve()), "server"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=root, env=environment,
        )
        self.next = 0
        self.checked = 0
        self.problems: list[str] = []

    def send(self, message: dict) -> None:
        text = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(text), text))
        self.process.stdin.flush()

    def notify(self, method: str, params: object) -> None:
        self.send({"method": method, "params": params})

    def request(self, method: str, params: object = None) -> object:
        """The result; `None` where the server refuses, which it may."""
        self.next += 1
        self.send({"id": self.next, "method": method} | ({} if params is None else {"params": params}))
        while True:
            message = self.receive()
            if "method" not in message and message.get("id") == self.next:
                return self.answered(method, message)
            self.heard(message)

    def answered(self, method: str, message: dict) -> object:
        self.checked += 1
        if set(message) not in ({"jsonrpc", "id", "result"}, {"jsonrpc", "id", "error"}):
            self.problems.append(f"{method}: an answer with {sorted(message)}")
        if error := message.get("error"):
            if not isinstance(error.get("code"), int) or not isinstance(error.get("message"), str):
                self.problems.append(f"{method}: {error}")
            # Invalid request, no such method, invalid parameters, internal error.
            if error.get("code") in (-32600, -32601, -32602, -32603):
                self.problems.append(f"{method} failed: {error}")
            return None
        self.check(lambda: meta.check_result(method, message.get("result")) if meta.is_known(method) else None)
        return message.get("result")

    def heard(self, message: dict) -> None:
        self.checked += 1
        method = message.get("method", "")
        if method.startswith("preboot/"):
            return
        if not meta.is_known(method):
            self.problems.append(f"nobody knows {method or message}")
            return
        self.check(lambda: meta.check_params(method, message.get("params")))
        if "id" in message:
            result = [{}] if method == "workspace/configuration" else {"applied": True} if method == "workspace/applyEdit" else None
            self.send({"id": message["id"], "result": result})

    def check(self, act) -> None:
        try:
            act()
        except meta.Invalid as error:
            self.problems.append(str(error))

    def receive(self) -> dict:
        length = 0
        while line := self.process.stdout.readline().strip():
            name, _, value = line.partition(b": ")
            if name.lower() == b"content-length":
                length = int(value)
        if not length:
            raise EOFError("the server has ended")
        return json.loads(self.process.stdout.read(length))

    def end(self) -> int:
        self.request("shutdown")
        self.send({"method": "exit"})
        self.process.stdin.close()
        return self.process.wait(30)
