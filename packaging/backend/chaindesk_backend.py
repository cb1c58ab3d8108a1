"""Setuptools as the build backend, with the list of the source archive's files in ``packaging/`` and an index's README.

The README's links and pictures are relative, as a repository wants them; a package index shows no picture whose address
is relative. ``CHAINDESK_REPOSITORY`` (such as ``https://github.com/OWNER/NAME``) and ``CHAINDESK_REF``, which the
release sets, make them absolute. Where they are not set, nothing tells where the files are: pictures are left out of
the package's description, and links are plain words.
"""

import os
import warnings
from pathlib import Path

from index_description import description
from setuptools.build_meta import *  # noqa: F403 - all hooks of a backend
from setuptools.command.egg_info import manifest_maker


def _write_description() -> None:
    repository = os.environ.get("CHAINDESK_REPOSITORY", "").rstrip("/")
    text = description(Path("README.md").read_text("utf-8"), repository, os.environ.get("CHAINDESK_REF", "main"))
    Path("build").mkdir(exist_ok=True)
    Path("build/description.md").write_text(text, "utf-8")


# A frontend calls any of the hooks, each in a process of its own that stands in the tree's folder.
# Setuptools warns at each editable installation; whoever runs `dev.py demo` would read it.
warnings.filterwarnings("ignore", message="Editable installation")
manifest_maker.template = "packaging/MANIFEST.in"
_write_description()
