"""How the package is built: what a package index shows of the README, and what stands at the top of the tree."""

from __future__ import annotations

import importlib.util
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

README = """# Name
See [the guide](docs/guide/index.md), [the web](https://example.org/a.md) and [below](#below).

![A picture](resources/a.png)

End.
"""


@pytest.fixture
def backend(project_root: Path) -> Any:
    path = project_root / "packaging" / "backend" / "index_description.py"
    spec = importlib.util.spec_from_file_location("index_description", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_description_has_whole_addresses_where_the_repository_is_known(backend: Any) -> None:
    told = backend.description(README, "https://git.example.org/us/it", "v1")
    assert "[the guide](https://git.example.org/us/it/blob/v1/docs/guide/index.md)" in told
    assert "![A picture](https://git.example.org/us/it/raw/v1/resources/a.png)" in told
    assert "[the web](https://example.org/a.md) and [below](#below)" in told


def test_the_description_shows_no_broken_picture_where_the_repository_is_not_known(backend: Any) -> None:
    told = backend.description(README, "", "main")
    assert "See the guide, [the web](https://example.org/a.md) and [below](#below).\n\nEnd.\n" in told
    assert "picture" not in told


def test_every_picture_and_link_of_the_readme_is_a_file_or_an_address(backend: Any, project_root: Path) -> None:
    readme = (project_root / "README.md").read_text("utf-8")
    told = backend.description(readme, "https://git.example.org/us/it", "v1")
    targets = re.findall(r"\]\(([^)\s]+)\)", told)
    assert all(target.startswith(("https://", "#")) for target in targets)
    paths = [target.split("/v1/")[1] for target in targets if "/us/it/" in target]
    assert len(paths) > 4
    assert [path for path in paths if not (project_root / path).exists()] == []


def test_the_top_of_the_tree_holds_what_it_is_meant_to(project_root: Path) -> None:
    if not (project_root / ".git").exists():
        pytest.skip("not a git checkout")
    told = subprocess.run(["git", "ls-files"], cwd=project_root, capture_output=True, text=True, check=True).stdout
    pages = {"ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "LICENSE"}
    folders = {"chaindesk", "docs", "packaging", "resources", "tests", ".ci", ".github"}
    assert {path.split("/")[0] for path in told.splitlines()} == pages | folders | {"pyproject.toml", ".gitignore"}


def test_the_windows_uninstaller_takes_back_what_the_installer_wrote_into_the_registry(project_root: Path) -> None:
    script = (project_root / "packaging" / "windows" / "installer.nsi").read_text("utf-8")
    written = re.findall(r'WriteReg\w+ SHCTX "([^"]+)" "([^"]*)"', script)
    keys = set(re.findall(r'DeleteRegKey SHCTX "([^"]+)"', script))
    values = set(re.findall(r'DeleteRegValue SHCTX "([^"]+)" "([^"]*)"', script))
    assert len(written) > 10
    left = [
        (key, value)
        for key, value in written
        if (key, value) not in values and not any(key == whole or key.startswith(whole + "\\") for whole in keys)
    ]
    assert left == []
