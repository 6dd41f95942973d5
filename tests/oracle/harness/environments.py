"""Virtual environments with one Django each, made once and kept."""

import functools
import glob
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

# Django: the Python minor versions that it runs on, first and last.
PYTHONS = {"3.2": (6, 11), "4.2": (8, 12), "5.0": (10, 13), "5.1": (10, 13), "5.2": (10, 14), "6.0": (12, 14), "6.1": (12, 15)}
MAKING = threading.Lock()


@functools.lru_cache(maxsize=None)
def pythons():
    """{minor version: path} of the Python 3 interpreters that start."""
    found = {}
    names = [sys.executable, *(shutil.which(f"python3.{minor}") for minor in range(6, 20))]
    names += sorted(glob.glob(os.path.expanduser("~/.pyenv/versions/3.*/bin/python3")))
    for name in filter(None, names):
        run = subprocess.run([name, "-c", "import sys, venv; print(sys.version_info[1])"], capture_output=True, text=True)
        if run.returncode == 0:
            found.setdefault(int(run.stdout), name)
    return found


def python_for(django):
    """The newest interpreter that runs this Django, or None."""
    first, last = PYTHONS[django]
    fitting = [minor for minor in pythons() if first <= minor <= last]
    return pythons()[max(fitting)] if fitting else None


def newest():
    """The newest Django that an interpreter here runs."""
    return max((django for django in PYTHONS if python_for(django)), key=lambda django: tuple(map(int, django.split("."))))


def interpreter(django, cache):
    """The Python of the environment with this Django, which is installed by pip where it isn't there yet."""
    directory = Path(cache) / f"django-{django}"
    python = directory / "bin" / "python"
    with MAKING:
        if not (directory / "complete").exists():
            base = python_for(django)
            if base is None:
                raise SystemExit(f"no Python here runs Django {django}")
            shutil.rmtree(directory, ignore_errors=True)
            subprocess.run([base, "-m", "venv", str(directory)], check=True)
            driver = "psycopg2-binary" if django < "4.2" else "psycopg[binary]"
            subprocess.run([python, "-m", "pip", "install", "--quiet", f"Django=={django}.*", driver, "PyMySQL"], check=True)
            (directory / "complete").touch()
    return python
