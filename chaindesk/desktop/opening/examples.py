"""The shipped examples as the user's own copies: to run, edit and export without touching the installation."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from chaindesk import settings
from chaindesk.chain_file import with_schema_line
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import EnvironmentFailure

_FIRST = "articles"
_NAME_LINE = re.compile(r"^name:(.+)$", re.MULTILINE)


def names() -> list[str]:
    """The examples by name, the one to begin with first."""
    folder = settings.resource("examples")
    found = sorted(path.stem for path in folder.glob("*.yaml"))
    return sorted(found, key=lambda name: name != _FIRST)


def titles() -> dict[str, str]:
    """The titles of the examples by name, in the order of ``names``; only the line that has it is read."""
    found = {}
    for name in names():
        line = _NAME_LINE.search(settings.resource(f"examples/{name}.yaml").read_text("utf-8"))
        title = line[1].strip() if line is not None else name
        found[name] = title[:1].upper() + title[1:]
    return found


def copies(name: str) -> tuple[Path | None, Path]:
    """The user's copies of an example's workbook (None where it has none) and chain, made on demand.

    Raises:
        EnvironmentFailure: the folder refuses.
    """
    shipped = settings.resource("examples")
    chain = _copy(shipped / f"{name}.yaml")
    workbook = shipped / f"{name}.xlsx"
    return (_copy(workbook) if workbook.exists() else None), chain


def _copy(shipped: Path) -> Path:
    target = settings.home() / "examples" / shipped.name
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            return target
        if shipped.suffix == ".yaml":  # the copy's line names the schema where it is
            schema = settings.resource("examples/chain.schema.json")
            target.write_text(with_schema_line(shipped.read_text(encoding="utf-8"), schema), encoding="utf-8")
        else:
            shutil.copyfile(shipped, target)
    except OSError as error:
        raise EnvironmentFailure(
            tr("The example cannot be copied to {target}: {strerror}.").format(target=target, strerror=error.strerror)
        ) from error
    return target
