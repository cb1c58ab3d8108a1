"""What is easily forgotten as the tree changes: all packages and resources are installed, no machine is named."""

from __future__ import annotations

import importlib.util
import re
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
    needed = {path for path in needed if path.suffix != ".ts"}  # what the .qm beside it is made of
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


def test_the_page_of_modules_is_that_of_the_code(project_root: Path) -> None:
    spec = importlib.util.spec_from_file_location("module_map", project_root / "packaging" / "module_map.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (project_root / "docs" / "modules.md").read_text(encoding="utf-8")
    assert page == module.module_map(), "run: python3 packaging/dev.py map"


def test_every_file_that_a_page_names_is_there(project_root: Path) -> None:
    pages = [*project_root.glob("*.md"), *(project_root / "docs").rglob("*.md")]
    missing = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|md|sql|yaml|xlsx|svg|toml))`", text)
        linked = [link for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text) if link]
        roots = (project_root, project_root / "chaindesk", page.parent)
        missing += [f"{page.name}: {name}" for name in named if not any((root / name).exists() for root in roots)]
        missing += [f"{page.name}: {link}" for link in linked if not (page.parent / link).exists()]
    assert missing == []
