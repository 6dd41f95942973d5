"""Finds relative links and images to files that don't exist, in the Markdown pages that mkdocs doesn't see."""

import os
import re
import subprocess
import sys
from pathlib import Path

repository = Path(os.environ["REPOSITORY"])
listed = subprocess.run(
    ["git", "-C", str(repository), "ls-files", "--cached", "--others", "--exclude-standard", "*.md"], check=True, capture_output=True, text=True
)
dead = []
pages = [repository / name for name in listed.stdout.split("\n") if name and not name.startswith(("docs/", "src/"))]
for page in pages:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href)="([^"]+)"', text):
        path, _, _ = target.partition("#")
        if path and not re.match(r"[a-z]+:", path) and not (page.parent / path).exists():
            dead.append(f"{page.relative_to(repository)}: {target}")
assert pages, "there are no pages"
sys.exit("\n".join(dead) or None)
