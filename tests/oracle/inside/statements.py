"""Watches the statements of a migration: the strongest lock on each table, rewrites and full scans (PostgreSQL)."""

import contextlib
import re

from django.db import transaction

# As PostgreSQL's catalog names them and as its documentation does, the weakest first.
MODES = {
    "AccessShareLock": "ACCESS SHARE",
    "RowShareLock": "ROW SHARE",
    "RowExclusiveLock": "ROW EXCLUSIVE",
    "ShareUpdateExclusiveLock": "SHARE UPDATE EXCLUSIVE",
    "ShareLock": "SHARE",
    "ShareRowExclusiveLock": "SHARE ROW EXCLUSIVE",
    "ExclusiveLock": "EXCLUSIVE",
    "AccessExclusiveLock": "ACCESS EXCLUSIVE",
}
STRENGTH = list(MODES)
DDL = re.compile(r"(^|;)\s*(ALTER|CREATE|DROP|COMMENT|TRUNCATE|REINDEX|LOCK|DO)\b", re.IGNORECASE)
COMMENTS = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)

TABLES = """SELECT c.oid::bigint, c.relname, c.relfilenode::bigint FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname = 'public'"""
LOCKS = """SELECT relation::bigint, mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'relation'"""
SCANS = "SELECT relid::bigint, seq_scan FROM pg_stat_xact_user_tables"


class Nothing(contextlib.nullcontext):
    """In the place of a watch where nothing is watched."""

    def __init__(self):
        super().__init__(self)

    def facts(self):
        return None


class Watch:
    """Observes every statement that Django sends while the context is open."""

    def __init__(self, connection):
        self.connection = connection
        self.sql = []
        self.locks = {}
        self.rewritten = set()
        self.scanned = set()
        # Tables named by statements that can't run in a transaction: their locks were not seen.
        self.unseen = False

    def __enter__(self):
        self.connection.ensure_connection()
        self.is_postgresql = self.connection.vendor == "postgresql"
        self.before = {oid: (name, node) for oid, name, node in self.ask(TABLES)} if self.is_postgresql else {}
        self.wrapped = self.connection.execute_wrapper(self.execute)
        self.wrapped.__enter__()
        return self

    def __exit__(self, *error):
        self.wrapped.__exit__(*error)

    def ask(self, query):
        """Rows of a query that Django doesn't see, inside the same transaction."""
        with self.connection.connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchall()

    def execute(self, run, sql, params, many, context):
        text = str(sql)
        is_ddl = DDL.search(COMMENTS.sub(" ", text)) is not None
        if is_ddl:
            self.sql.append(text)
        if not (is_ddl and self.is_postgresql):
            return run(sql, params, many, context)
        if "CONCURRENTLY" in text.upper():
            self.unseen = True
            return run(sql, params, many, context)
        with contextlib.nullcontext() if self.connection.in_atomic_block else transaction.atomic():
            return self.observed(run, sql, params, many, context)

    def observed(self, run, *arguments):
        locks, scans = set(self.ask(LOCKS)), dict(self.ask(SCANS))
        nodes = {oid: node for oid, _, node in self.ask(TABLES)}
        result = run(*arguments)
        for oid, mode in set(self.ask(LOCKS)) - locks:
            if oid in self.before:
                name = self.before[oid][0]
                self.locks[name] = max(mode, self.locks.get(name, mode), key=STRENGTH.index)
        for oid, count in self.ask(SCANS):
            if oid in self.before and count > scans.get(oid, 0):
                self.scanned.add(self.before[oid][0])
        for oid, _, node in self.ask(TABLES):
            if oid in self.before and nodes.get(oid) != node and not arguments[0].upper().startswith("TRUNCATE"):
                self.rewritten.add(self.before[oid][0])
        return result

    def facts(self):
        return {
            "sql": self.sql,
            "locks": {table: MODES[mode] for table, mode in sorted(self.locks.items())},
            "rewritten": sorted(self.rewritten),
            "scanned": sorted(self.scanned),
            "unseen": self.unseen,
        }
