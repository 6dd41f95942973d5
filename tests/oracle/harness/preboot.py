"""Asks preboot, in the form of its JSON output."""

import json
import subprocess


class NoAnswer(Exception):
    """preboot could not run; the text is what it said."""


def ask(program, command, root, base, vendor, *more):
    """The parsed answer of `preboot COMMAND` for the work tree in `root` against the revision `base`."""
    line = [str(program), command, "--root", str(root), "--base", base, "--vendor", vendor, "--output-format", "json", *more]
    run = subprocess.run(line, capture_output=True, text=True, timeout=120)
    if run.returncode not in (0, 1):
        raise NoAnswer(f"exit status {run.returncode}: {run.stderr.strip()[-600:]}")
    try:
        return json.loads(run.stdout)
    except json.JSONDecodeError as error:
        raise NoAnswer(f"stdout is not JSON: {error}: {run.stdout[:200]}") from None
