"""How the package is built: what a package index shows of the README, and what stands at the top of the tree."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import re
import shutil
import subprocess
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

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
    paths = [target.split("/v1/")[1].partition("#")[0] for target in targets if "/us/it/" in target]
    assert len(paths) > 4
    assert [path for path in paths if not (project_root / path).exists()] == []


@pytest.fixture
def linux_packages(project_root: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    if shutil.which("dpkg-deb") is None:
        pytest.skip("needs dpkg-deb")
    monkeypatch.syspath_prepend(project_root / "packaging")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    return importlib.import_module("linux_packages")


def program_folder(parent: Path, *, mode: int, time: int) -> Path:
    """A small stand-in for the program's folder, as another umask and another day would make it."""
    folder = parent / "chaindesk"
    (folder / "_internal").mkdir(parents=True)
    (folder / "chaindesk").write_bytes(b"\x7fELF a program")
    (folder / "_internal" / "data.txt").write_text("data")
    (folder / "_internal" / "link.txt").symlink_to("data.txt")
    (folder / "THIRD-PARTY-LICENCES.txt").write_text("none")
    (parent / "icons").mkdir()
    for size in (16, 24, 32, 48, 64, 128, 256, 512):
        (parent / "icons" / f"{size}.png").write_bytes(b"an icon")
    for path in (*folder.rglob("*.txt"), folder / "chaindesk", folder / "_internal", folder):
        path.chmod(mode | (0o700 if path.is_dir() else 0))
        os.utime(path, (time, time))
    return folder


def test_two_packages_of_one_program_are_equal_to_the_byte(linux_packages: Any, tmp_path: Path) -> None:
    made = []
    for number, mode in enumerate((0o600, 0o664)):
        parent = tmp_path / f"{number}"
        folder = program_folder(parent, mode=mode, time=1_600_000_000 + number)
        linux_packages.deb(folder, parent, parent)
        linux_packages.tar(folder, parent)
        made.append([path.read_bytes() for path in sorted(parent.iterdir()) if path.suffix in (".deb", ".xz")])
    assert made[0] == made[1]
    with tarfile.open(next((tmp_path / "0").glob("*.tar.xz"))) as archive:
        entries = {entry.name.partition("/")[2]: entry for entry in archive}
    assert (entries["chaindesk"].mode, entries["_internal/data.txt"].mode) == (0o755, 0o644)
    assert entries["_internal/link.txt"].linkname == "data.txt"
    assert {(entry.uname, entry.mtime) for entry in entries.values()} == {("root", 1700000000)}


def test_two_zips_of_the_same_modules_are_equal_to_the_byte(linux_packages: Any, tmp_path: Path) -> None:
    modules = {f"module_{number}.pyc": bytes([number]) * 50 for number in range(9)}
    made = []
    for number, names in enumerate((sorted(modules), sorted(modules, reverse=True))):
        path = tmp_path / f"{number}.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(zipfile.ZipInfo(name), modules[name], zipfile.ZIP_DEFLATED)
        importlib.import_module("reproducible").settle_zip(path)
        made.append(path)
    assert made[0].read_bytes() == made[1].read_bytes()
    with zipfile.ZipFile(made[0]) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == modules
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_DEFLATED}


def test_the_top_of_the_tree_holds_what_it_is_meant_to(project_root: Path) -> None:
    if not (project_root / ".git").exists():
        pytest.skip("not a git checkout")
    told = subprocess.run(["git", "ls-files"], cwd=project_root, capture_output=True, text=True, check=True).stdout
    pages = {"ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "README.md", "SECURITY.md", "LICENSE"}
    folders = {"chaindesk", "docs", "packaging", "resources", "tests", ".ci", ".github"}
    assert {path.split("/")[0] for path in told.splitlines()} == pages | folders | {"pyproject.toml", ".gitignore"}


def test_the_manifests_for_winget_name_the_installer_by_address_and_checksum(
    project_root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(project_root / "packaging")
    (tmp_path / "setup.exe").write_bytes(b"an installer")
    address = "https://git.example.org/us/it/releases/download/v1.2.3/setup.exe"
    made = importlib.import_module("winget").write("1.2.3", address, tmp_path / "setup.exe", tmp_path / "winget")
    manifests = {path.name: YAML(typ="safe").load(path) for path in made}
    kinds = {"": "version", ".installer": "installer", ".locale.en-US": "defaultLocale"}
    for ending, kind in kinds.items():
        manifest = manifests.pop(f"ChainDesk.ChainDesk{ending}.yaml")
        assert (manifest["PackageVersion"], manifest["ManifestType"]) == ("1.2.3", kind)
        if kind == "installer":
            assert manifest["Installers"][0]["InstallerUrl"] == address
            assert manifest["Installers"][0]["InstallerSha256"] == hashlib.sha256(b"an installer").hexdigest().upper()
    assert not manifests
    assert not any("@" in path.read_text("utf-8") for path in made)


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
