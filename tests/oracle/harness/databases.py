"""Fresh databases for a case: one interface over PostgreSQL, MariaDB and SQLite."""

import itertools
import shutil
from pathlib import Path

NUMBERS = itertools.count()


class PostgreSQL:
    """Databases of a private server."""

    name = "postgresql"

    def __init__(self, server):
        self.server = server
        self.vendor = f"postgresql@{server.version}"

    def create(self, template=None):
        """A new database, a copy of `template` where one is given; its entry of `DATABASES`."""
        name = f"case_{next(NUMBERS)}"
        source = f" TEMPLATE {template['NAME']}" if template else ""
        self.server.sql(
            f"CREATE DATABASE {name}{source} STRATEGY file_copy" if int(self.server.version) >= 15 else f"CREATE DATABASE {name}{source}"
        )
        return self.server.settings(name)

    def drop(self, database):
        self.server.sql(f"DROP DATABASE IF EXISTS {database['NAME']} WITH (FORCE)")


class MariaDB:
    """Databases of a private server."""

    name = "mariadb"

    def __init__(self, server):
        self.server = server
        self.vendor = f"mariadb@{server.version}"

    def create(self):
        """A new database; its entry of `DATABASES`."""
        name = f"case_{next(NUMBERS)}"
        self.server.sql(f"CREATE DATABASE {name}")
        return self.server.settings(name)

    def drop(self, database):
        self.server.sql(f"DROP DATABASE IF EXISTS {database['NAME']}")


class SQLite:
    """Files in a directory."""

    name = "sqlite"
    vendor = "sqlite"

    def __init__(self, directory):
        self.directory = Path(directory)

    def create(self, template=None):
        path = self.directory / f"case_{next(NUMBERS)}.sqlite3"
        if template:
            shutil.copyfile(template["NAME"], path)
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {"timeout": 10}}

    def drop(self, database):
        Path(database["NAME"]).unlink(missing_ok=True)
