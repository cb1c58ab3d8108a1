"""Setuptools as the build backend, with the list of the source archive's files in ``packaging/`` and an index's README.

The README's links and pictures are relative, as a repository wants them; a package index shows no picture whose address
is relative. ``CHAINDESK_REPOSITORY`` (such as ``https://github.com/OWNER/NAME``) and ``CHAINDESK_REF``, which the
release sets, make them absolute. Where they are not set, nothing tells where the files are: pictures are left out of
the package's description, and links are plain words.
"""

import os
import re
from pathlib import Path

from setuptools.build_meta import *  # noqa: F403 - all hooks of a backend
from setuptools.command.egg_info import manifest_maker

_RELATIVE = re.compile(r"(?P<picture>!?)\[(?P<words>[^\]]*)\]\((?!https?://|#)(?P<path>[^)\s]+)\)")


def description(readme: str, repository: str, ref: str) -> str:
    """Return the README as a package index can show it.

    Args:
        readme: the README's Markdown.
        repository: the address of the repository's page, or "".
        ref: a tag, branch or commit of it.
    """

    def absolute(found: re.Match[str]) -> str:
        words = found["words"]
        if not repository:
            return "" if found["picture"] else words
        kind = "raw" if found["picture"] else "blob"
        return f"{found['picture']}[{words}]({repository}/{kind}/{ref}/{found['path']})"

    return re.sub(r"\n{3,}", "\n\n", _RELATIVE.sub(absolute, readme))


def _write_description() -> None:
    repository = os.environ.get("CHAINDESK_REPOSITORY", "").rstrip("/")
    text = description(Path("README.md").read_text("utf-8"), repository, os.environ.get("CHAINDESK_REF", "main"))
    Path("build").mkdir(exist_ok=True)
    Path("build/description.md").write_text(text, "utf-8")


# A frontend calls any of the hooks, each in a process of its own that stands in the tree's folder.
manifest_maker.template = "packaging/MANIFEST.in"
_write_description()
