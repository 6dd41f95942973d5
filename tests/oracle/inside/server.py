"""Forks one process for each connection, so that a version of the code starts in milliseconds.

    python server.py SOCKET

Django and the database drivers are imported once, before the first fork. A connection sends one JSON object a line,
`{"do": COMMAND, ...}`, and gets one line back: `{"ok": ANSWER}` or `{"error": TEXT}`. The first command is `open`.
"""

import importlib
import json
import os
import socketserver
import sys
import traceback

PRELOADED = (
    "django.core.management.commands.makemigrations",
    "django.core.management.commands.migrate",
    "django.db.backends.postgresql.base",
    "django.db.backends.postgresql.schema",
    "django.db.backends.sqlite3.base",
    "django.db.backends.sqlite3.schema",
    "django.db.models",
    "commands",
)


def stand_in_for_mysqlclient():
    """PyMySQL in the place of mysqlclient, which needs a compiler; of a version that Django takes."""
    try:
        import MySQLdb  # noqa: F401
    except ImportError:
        try:
            import pymysql
        except ImportError:
            return
        pymysql.version_info = (2, 2, 8, "final", 0)
        pymysql.install_as_MySQLdb()


class Connection(socketserver.StreamRequestHandler):
    """Serves one version of the code until the driver hangs up."""

    def handle(self):
        import commands

        for line in self.rfile:
            request = json.loads(line)
            try:
                answer = {"ok": commands.COMMANDS[request.pop("do")](**request)}
            except BaseException as error:  # the migration of a case may raise anything, SystemExit included
                answer = {"error": "".join(traceback.format_exception_only(type(error), error)).strip(), "trace": traceback.format_exc()}
            self.wfile.write(json.dumps(answer, default=repr).encode() + b"\n")


class Server(socketserver.ForkingMixIn, socketserver.UnixStreamServer):
    """One process a connection."""

    max_children = 200


def main():
    sys.dont_write_bytecode = True
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    stand_in_for_mysqlclient()
    for module in PRELOADED:
        importlib.import_module(module)
    with Server(sys.argv[1], Connection) as server:
        server.serve_forever(poll_interval=0.05)


if __name__ == "__main__":
    main()
