"""Puts the pages that stand at the top of the repository into the site, with their links led to where they are read."""

import re
from pathlib import Path

from mkdocs.structure.files import File

PAGES = {"ARCHITECTURE.md": "architecture.md", "CONTRIBUTING.md": "contributing.md", "CHANGELOG.md": "changelog.md"}


def on_files(files, config):
    repository = Path(config.config_file_path).parent
    for name, page in PAGES.items():
        text = (repository / name).read_text(encoding="utf-8")
        files.append(File.generated(config, page, content=led(text, repository, config.repo_url)))
    return files


def led(text, repository, address):
    """Relative links as the site has them: pages of the site, and files of the repository."""

    def link(match):
        target, anchor = match[1], match[2] or ""
        if target in PAGES:
            return f"]({PAGES[target]}{anchor})"
        if target.startswith("docs/"):
            return f"]({target[len('docs/'):]}{anchor})"
        if (repository / target).exists():
            return f"]({address}/blob/main/{target}{anchor})"
        return match[0]

    return re.sub(r"\]\(([^)#:]+)(#[^)]*)?\)", link, text)
