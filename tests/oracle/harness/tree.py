"""Source trees: a case as a small Django project, and two revisions of any project from git."""

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from . import case as cases

SETTINGS = '''"""Settings of a case."""

SECRET_KEY = "not a secret"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [{apps}]
DATABASES = {{"default": {{"ENGINE": "django.db.backends.{engine}", "NAME": "app"}}}}
'''
MANAGE = '''"""Django's command line."""

import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
execute_from_command_line(sys.argv)
'''
BACKENDS = {"postgresql": "postgresql", "mariadb": "mysql", "sqlite": "sqlite3"}
DRIVERS = {"postgresql": "psycopg[binary]\n", "mariadb": "mysqlclient\n", "sqlite": ""}


def write(directory, files):
    """Writes {path: text}; an empty text that isn't an `__init__.py` removes the file."""
    for name, text in files.items():
        path = Path(directory) / name
        if not text.strip() and path.name != "__init__.py":
            path.unlink(missing_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def frame(case, engine, django):
    """What stands around the app."""
    apps = [*case.keys.get("apps", "").split(), "club"]
    return {
        "manage.py": MANAGE,
        "settings.py": SETTINGS.format(apps=", ".join(f'"{app}"' for app in apps), engine=BACKENDS[engine]),
        "requirements.txt": requirements(engine, django),
        "club/__init__.py": "",
        "club/migrations/__init__.py": "",
    }


def requirements(engine, django):
    return f"Django~={django}.0\n" + DRIVERS[engine]


def chain(migrations, previous, django):
    """{path: text} of migrations, each depending on the one before."""
    files = {}
    for name, body in migrations:
        files[f"club/migrations/{name}.py"] = cases.for_django(cases.migration_source(body, previous), django)
        previous = name
    return files


def write_old(case, directory, engine, django):
    """The deployed code, without migrations where Django is to write the first one."""
    files = {**frame(case, engine, django), "club/models.py": cases.MODELS_HEAD + cases.for_django(case.models, django)}
    write(directory, {**files, **chain(case.old_migrations, None, django), **case.old_files})


def write_new(case, old, directory, django):
    """The working code: the deployed tree with the change on top."""
    shutil.copytree(old, directory)
    last = max(path.stem for path in Path(old, "club/migrations").glob("0*.py"))
    write(directory, {"club/models.py": cases.MODELS_HEAD + cases.for_django(case.new_models, django)})
    write(directory, {**chain(case.migrations, last, django), **case.new_files})


def git(directory, *arguments, **options):
    """Runs git with nothing of the user's configuration."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for role in ("AUTHOR", "COMMITTER"):
        environment |= {f"GIT_{role}_NAME": "oracle", f"GIT_{role}_EMAIL": "oracle@localhost", f"GIT_{role}_DATE": "2024-01-01T00:00:00Z"}
    command = ["git", "-C", str(directory), "-c", "init.defaultBranch=main", *arguments]
    return subprocess.run(command, check=True, env=environment, capture_output=True, **options).stdout


def commit(repository, tree, message):
    """Makes the work tree of `repository` equal to `tree` and commits it; the commit's name."""
    repository = Path(repository)
    if not (repository / ".git").exists():
        repository.mkdir(parents=True, exist_ok=True)
        git(repository, "init", "-q")
    for path in repository.iterdir():
        if path.name != ".git":
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    shutil.copytree(tree, repository, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".git"))
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "--allow-empty", "-m", message)
    return git(repository, "rev-parse", "HEAD").decode().strip()


def export(repository, revision, directory):
    """The files of a revision, as a directory of their own."""
    archive = git(repository, "archive", "--format=tar", revision)
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(directory, filter="data") if hasattr(tarfile, "data_filter") else files.extractall(directory)
