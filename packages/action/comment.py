"""Puts the report into a comment on the pull request: one for each project's folder, updated in place.

What can't be done (a pull request from a fork has a token that may only read) is said in a warning and fails nothing:
the report stands in the job's summary too.
"""

import json
import os
import re
import sys
import urllib.error
import urllib.request

# GitHub takes no longer comment.
MOST = 65536
CUT = "\n\n…the rest is in the summary of the job.\n"
PAGE = 100


def marker(root):
    """What tells our comment on the project in `root` from all others. Nothing that ends an HTML comment is in it."""
    return "<!-- preboot: " + re.sub(r"[^A-Za-z0-9_./]", "_", root) + " -->"


def body(root, report):
    text = marker(root) + "\n" + report
    if len(text) <= MOST:
        return text
    kept = text[: MOST - len(CUT)]
    return kept[: kept.rfind("\n")] + CUT


def request(method, url, content=None):
    data = None if content is None else json.dumps(content).encode()
    headers = {
        "Accept": "application/vnd.github+json",
        "Authorization": "Bearer " + os.environ["INPUT_TOKEN"],
        "Content-Type": "application/json",
        "User-Agent": "preboot",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    with urllib.request.urlopen(urllib.request.Request(url, data, headers, method=method), timeout=30) as answer:
        return json.load(answer)


def find(comments, start):
    """The address of the comment that starts with `start`, or None."""
    page = 1
    while True:
        found = request("GET", f"{comments}?per_page={PAGE}&page={page}")
        for comment in found:
            if (comment.get("body") or "").startswith(start):
                return comment["url"]
        if len(found) < PAGE:
            return None
        page += 1


def publish(report, root, number):
    comments = f"{os.environ['GITHUB_API_URL']}/repos/{os.environ['GITHUB_REPOSITORY']}/issues/{number}/comments"
    content = {"body": body(root, report)}
    old = find(comments, marker(root) + "\n")
    if old is not None:
        try:
            request("PATCH", old, content)
            return
        except urllib.error.HTTPError as error:
            # Somebody else's, who has copied ours.
            if error.code not in (403, 404):
                raise
    elif is_quiet(report):
        return
    request("POST", comments, content)


def is_quiet(report):
    """Nothing to say on a pull request that changes no migration: no findings, and no old comment to correct."""
    return "\n| **PB" not in report


def main():
    with open(os.environ["GITHUB_EVENT_PATH"], encoding="utf-8") as file:
        number = json.load(file)["pull_request"]["number"]
    with open(os.environ["REPORT"], encoding="utf-8") as file:
        report = file.read()
    try:
        publish(report, os.environ["INPUT_ROOT"], number)
    except (urllib.error.URLError, TimeoutError) as error:
        hint = ""
        if getattr(error, "code", None) == 403:
            hint = ": the job needs `permissions: pull-requests: write`, which a pull request from a fork never gets"
        print(f"::warning title=preboot::The comment could not be written ({error}){hint}")


if __name__ == "__main__":
    sys.exit(main())
