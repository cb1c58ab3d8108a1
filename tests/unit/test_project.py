"""What is easily forgotten as the tree changes: all packages and resources are installed, no machine is named."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def setuptools_table(project_root: Path) -> dict[str, Any]:
    table: dict[str, Any] = tomllib.loads((project_root / "pyproject.toml").read_text())["tool"]["setuptools"]
    return table


def test_every_package_of_the_tree_is_installed(project_root: Path, setuptools_table: dict[str, Any]) -> None:
    folders = {path.parent for path in (project_root / "chaindesk").rglob("__init__.py")}
    packages = {".".join(folder.relative_to(project_root).parts) for folder in folders}
    assert set(setuptools_table["packages"]) == packages | {"chaindesk.resources"}


def test_every_resource_of_the_program_is_installed(project_root: Path, setuptools_table: dict[str, Any]) -> None:
    resources = project_root / "resources"
    patterns = setuptools_table["package-data"]["chaindesk.resources"]
    installed = {path for pattern in patterns for path in resources.glob(pattern)}
    needed = {path for path in resources.rglob("*") if path.is_file() and "screenshots" not in path.parts}
    assert needed <= installed


def test_no_path_of_a_developers_machine_is_in_the_tree(project_root: Path) -> None:
    if not (project_root / ".git").exists():
        pytest.skip("not a git checkout")
    listing = subprocess.run(["git", "ls-files"], cwd=project_root, capture_output=True, text=True, check=True).stdout
    homes = tuple(f"/{top}/{name}" for top, name in (("work", "main"), ("work", "shared"), ("root", ".")))
    guilty = [
        name
        for name in listing.splitlines()
        if (path := project_root / name).is_file()
        and any(home in path.read_bytes().decode("utf-8", "replace") for home in homes)
    ]
    assert guilty == []
