"""A private PostgreSQL: its own data directory and socket, no TCP port, gone at the end."""

import glob
import os
import pwd
import shutil
import subprocess
import tempfile
import threading
from pathlib import Path

# Nothing here outlives the run, so nothing has to reach a disk.
SETTINGS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "''",
    "max_connections": "60",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


def programs():
    """The directory of the newest PostgreSQL's programs, or None."""
    found = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    if found:
        return Path(max(found, key=lambda path: int(Path(path).parts[-3]))).parent
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


class Server:
    """A server in a temporary directory, for the time of a `with` block."""

    def __init__(self):
        self.programs = programs()
        if self.programs is None:
            raise SystemExit("PostgreSQL isn't installed (Debian: apt-get install postgresql)")
        self.lock = threading.Lock()

    def as_user(self, *command, **options):
        """Runs as `postgres` where this process is root, which PostgreSQL refuses to run as."""
        if os.getuid() == 0:
            options["user"] = "postgres"
        return subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL, cwd="/", **options)

    def __enter__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="preboot-oracle-pg-"))
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.directory, account.pw_uid, account.pw_gid)
        self.data = self.directory / "data"
        self.as_user(self.programs / "initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync")
        with open("/dev/null", "w") as nowhere:
            options = " ".join(f"-c {name}={value}" for name, value in SETTINGS.items()) + f" -k {self.directory}"
            self.as_user(self.programs / "pg_ctl", "-D", self.data, "-w", "-l", self.data / "log", "-o", options, "start", stderr=nowhere)
        return self

    def __exit__(self, *error):
        try:
            self.as_user(self.programs / "pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def version(self):
        """The major version, as in `postgresql@15`."""
        return self.programs.parent.name

    def sql(self, statement):
        """Runs one statement in the database `postgres`."""
        with self.lock:
            subprocess.run(
                [str(self.programs / "psql"), "-h", str(self.directory), "-U", "postgres", "-d", "postgres", "-qXc", statement],
                check=True,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )

    def settings(self, name):
        """An entry of `DATABASES`."""
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": name,
            "USER": "postgres",
            "HOST": str(self.directory),
            "OPTIONS": {"options": "-c lock_timeout=10s"},
        }
