"""The command line."""

import argparse
import contextlib
import fnmatch
import random
import re
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from . import case as cases
from . import databases, environments, given, mariadb, others, plans, postgres, project, random_changes, run
from .client import Starter

HERE = Path(__file__).resolve().parent.parent
ROOT = HERE.parent.parent


def arguments():
    parser = argparse.ArgumentParser(
        prog="tests/oracle/run", description="Runs old code against the new schema, and compares with preboot."
    )
    parser.add_argument("case", nargs="*", default=["*"], help="globs of case names; default: all")
    parser.add_argument("--django", default="newest", help="versions, as `4.2,5.2,newest`; default: %(default)s")
    parser.add_argument("--engine", default="postgresql,sqlite", help="of postgresql, mariadb and sqlite; default: %(default)s")
    parser.add_argument("--preboot", default=ROOT / "target/debug/preboot", type=Path, help="default: %(default)s")
    parser.add_argument(
        "--cache", default=ROOT / "target/oracle", type=Path, help="where the virtual environments are kept; default: %(default)s"
    )
    parser.add_argument("--jobs", default=2, type=int)
    parser.add_argument("--plans", action="store_true", help="prove the plans that preboot makes for the cases, instead of its verdicts")
    parser.add_argument("--cases", default=HERE / "cases", type=Path, help="the directory with the cases; default: %(default)s")
    parser.add_argument("--given", metavar="FILE", type=Path, help="prove the plans of the changes in a JSON file: harness/given.py has its form")
    parser.add_argument("--random", metavar="N", type=int, help="invent N cases instead of reading those in cases/")
    parser.add_argument("--seed", default=0, type=int, help="the first seed of --random; default: %(default)s")
    parser.add_argument("--seconds", default=None, type=int, help="start no more runs after this time, and say how many were left out")
    parser.add_argument("--project", type=Path, help="a git repository with a Django project to run instead of the cases")
    parser.add_argument("--old", default="HEAD~1", help="the deployed revision of --project; default: %(default)s")
    parser.add_argument("--new", default="HEAD", help="the revision to deploy; default: %(default)s")
    parser.add_argument("--settings", default="settings", help="the settings module of --project; default: %(default)s")
    parser.add_argument("--python", type=Path, help="an interpreter that has all that --project needs; default: one with Django alone")
    parser.add_argument("--keep", type=Path, help="a directory to leave the projects in")
    parser.add_argument("-v", "--verbose", action="store_true", help="tell what was observed")
    return parser.parse_args()


def main():
    args = arguments()
    if not args.preboot.exists():
        sys.exit(f"{args.preboot} isn't there: cargo build")
    versions = list(dict.fromkeys(environments.newest() if name == "newest" else name for name in args.django.split(",")))
    pythons = {django: args.python or environments.interpreter(django, args.cache) for django in versions}
    names = args.engine.split(",")
    if args.plans and "mariadb" in names:
        sys.exit("plans are proven on postgresql and sqlite")
    with tempfile.TemporaryDirectory(prefix="preboot-oracle-") as temporary, Starter(temporary) as starter:
        work = (args.keep or Path(temporary)).resolve()
        with contextlib.ExitStack() as servers:
            engines = [engine(name, servers, temporary) for name in names]
            bench = run.Bench(starter, pythons, args.preboot.resolve(), work, bool(args.keep))
            status = everything(args, bench, jobs(args, versions, engines))
    sys.exit(status)


# What the other tools are compared on: all of them know it.
COMPARED_ON = "5.2"


def compare():
    """What other tools say of the cases; the arguments are globs of case names and `-v`."""
    patterns = [argument for argument in sys.argv[1:] if argument != "-v"] or ["*"]
    program, cache = ROOT / "target/debug/preboot", ROOT / "target/oracle"
    if not program.exists():
        sys.exit(f"{program} isn't there: cargo build")
    pythons = {COMPARED_ON: environments.interpreter(COMPARED_ON, cache)}
    judge = others.judge(others.environment(cache, COMPARED_ON))
    with tempfile.TemporaryDirectory(prefix="preboot-oracle-") as temporary, Starter(temporary) as starter, contextlib.ExitStack() as servers:
        server = engine("postgresql", servers, temporary)
        bench = run.Bench(starter, pythons, program, Path(temporary), False)
        chosen = chosen_by(patterns, [cases.read(path) for path in sorted((HERE / "cases").glob("*.case"))])
        with ThreadPoolExecutor(2) as pool:
            todo = [case for case in chosen if case.runs_on(server.name, COMPARED_ON)]
            results = list(pool.map(lambda case: judge(bench, case, server, COMPARED_ON), todo))
    for result in results:
        report(result, "-v" in sys.argv)
    others.table(results)
    sys.exit(1 if any(result.wrong for result in results) else 0)


def engine(name, servers, temporary):
    """The databases of an engine, whose server ends with `servers`."""
    if name == "postgresql":
        return databases.PostgreSQL(servers.enter_context(postgres.Server()))
    if name == "mariadb":
        return databases.MariaDB(servers.enter_context(mariadb.Server()))
    return databases.SQLite(temporary)


def jobs(args, versions, engines):
    """(function, what it runs, engine, Django version) of each run, the first version's first."""
    if args.project:
        chosen = [project.Project(args.project.resolve(), args.old, args.new, args.settings)]
        what = plans.run_project if args.plans else project.run
        return [(what, chosen[0], engine, django) for django in versions for engine in engines]
    if args.given:
        chosen = chosen_by(args.case, given.read(args.given))
    elif args.random:
        seeds = range(args.seed, args.seed + args.random)
        chosen = [cases.parse(f"random-{seed}", random_changes.case(seed)) for seed in seeds]
    else:
        chosen = [cases.read(path) for path in sorted(args.cases.glob("*.case"))]
        # Plans are proven for the cases that were written for it: a table's rows are many and alike.
        if not args.plans:
            chosen += [case for path in sorted(args.cases.glob("*.table")) for case in cases.read_table(path)]
        chosen = chosen_by(args.case, chosen)
    what = given.prove if args.given else plans.run if args.plans else run.run
    return [
        (what, case, engine, django) for django in versions for case in chosen for engine in engines if case.runs_on(engine.name, django)
    ]


def chosen_by(patterns, all_of_them):
    return [case for case in all_of_them if any(fnmatch.fnmatch(case.name, pattern) for pattern in patterns)]


def everything(args, bench, todo):
    """Runs all jobs and prints what disagrees; the exit status."""
    started = time.monotonic()

    def one(job):
        if args.seconds and time.monotonic() - started > args.seconds:
            return None
        function, *what = job
        return function(bench, *what)

    if args.seconds:
        # A part of them should be a part of each kind.
        random.Random(0).shuffle(todo)
    with ThreadPoolExecutor(args.jobs) as pool:
        results = []
        for result in filter(None, pool.map(one, todo)):
            report(result, args.verbose)
            results.append(result)
    table(results)
    failed = sum(bool(result.wrong) for result in results)
    left = f", {len(todo) - len(results)} left out for want of time" if len(results) < len(todo) else ""
    print(f"{len(results)} runs, {failed} with disagreements{left}; {time.monotonic() - started:.0f} s")
    return 1 if failed or not results else 0


def report(result, verbose):
    """Prints a result that disagrees, or any."""
    if not result.wrong and not verbose:
        return
    print(f"{'DISAGREES' if result.wrong else 'agrees'} {result.label}: {result.title}")
    for line in result.wrong:
        print(f"    {line}")
    if verbose:
        for line in result.told:
            print(f"      {line}")
    sys.stdout.flush()


def table(results):
    """The plans: case, way, number of PRs, and what came of them on each engine."""
    engines = list(dict.fromkeys(result.engine for result in results))
    found = {}
    for result in results:
        rows = result.rows or ([("the plan", 0, "could not run")] if result.wrong else [])
        for way, count, proof in rows:
            found.setdefault((result.case, result.django, way), {})[result.engine] = f"{count} PRs, {proof}" if count > 1 else proof
    if not any(result.rows for result in results):
        return
    print(f"\n| case | Django | way | {' | '.join(engines)} |\n|---|---|---|{'---|' * len(engines)}")
    for (case, django, way), proofs in found.items():
        print(f"| {case} | {django} | {way} | {' | '.join(proofs.get(engine, '') for engine in engines)} |")
    print()
    for engine in engines:
        plans = [proofs[engine] for (_, _, way), proofs in found.items() if way == "the plan" and engine in proofs]
        none = sum(proof.startswith("none for") for proof in plans)
        proven = sum(bool(re.search(r"\bproven\b", proof)) and not proof.startswith("none for") for proof in plans)
        print(f"{engine}: {len(plans)} changes, {proven} plans proven, {len(plans) - proven - none} not, {none} without a plan")
