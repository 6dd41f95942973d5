"""A private MariaDB: its own data directory and socket, no TCP port, gone at the end."""

import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

# Nothing here outlives the run, so nothing has to reach a disk.
OPTIONS = (
    "--skip-networking",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=64M",
    "--lock-wait-timeout=10",
    "--innodb-lock-wait-timeout=10",
    "--character-set-server=utf8mb4",
)


def program(name):
    """The path of one of MariaDB's programs; Debian keeps the server where only root looks."""
    found = shutil.which(name, path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
    if found is None:
        raise SystemExit("MariaDB isn't installed (Debian: apt-get install mariadb-server-core mariadb-client-core)")
    return found


class Server:
    """A server in a temporary directory, for the time of a `with` block."""

    def __init__(self):
        self.programs = {name: program(name) for name in ("mariadbd", "mariadb-install-db", "mariadb")}
        self.lock = threading.Lock()

    def __enter__(self):
        self.directory = Path(tempfile.mkdtemp(prefix="preboot-oracle-maria-"))
        data, self.socket = self.directory / "data", self.directory / "socket"
        # MariaDB runs as root where it is told so by name; the directory is nobody else's.
        user = ["--user=root"] if os.getuid() == 0 else []
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        install = [self.programs["mariadb-install-db"], "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal"]
        subprocess.run([*install, "--skip-test-db", *user], check=True, **quiet)
        start = [self.programs["mariadbd"], "--no-defaults", f"--datadir={data}", f"--socket={self.socket}", *OPTIONS, *user]
        self.process = subprocess.Popen([*start, f"--pid-file={self.directory}/pid"], **quiet)
        deadline = time.monotonic() + 60
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise SystemExit("MariaDB does not start")
            time.sleep(0.1)
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def answers(self):
        try:
            self.sql("SELECT 1")
        except subprocess.CalledProcessError:
            return False
        return True

    @property
    def version(self):
        """Major and minor version, as in `mariadb@10.11`."""
        return ".".join(self.sql("SELECT VERSION()").split(".")[:2])

    def sql(self, statement):
        """Runs one statement; what it prints."""
        command = [self.programs["mariadb"], "--no-defaults", f"--socket={self.socket}", "--user=root", "-BNe", statement]
        with self.lock:
            return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()

    def settings(self, name):
        """An entry of `DATABASES`."""
        return {"ENGINE": "django.db.backends.mysql", "NAME": name, "USER": "root", "HOST": str(self.socket)}
