"""Names of the rows' files: a template filled in, made safe for every system, no name twice."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePath

from chaindesk.domain.chains.template import Template, compile_template
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Row
from chaindesk.engine.exports.texts import RowTexts

ENDINGS = (".md", ".txt", ".html")
ROW_NAME = "Row"  # the sheet row number, where no column has this name
_MAX_BYTES = 200  # of a name in UTF-8: file systems take 255, and temporary names need some
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)  # devices on Windows
_MAX_NAMED = 5


def file_names(template: str, rows: Sequence[Row], texts: RowTexts) -> list[str]:
    """Return the name of each row's file.

    Args:
        template: such as ``{{ID}}-{{Title}}.md``; "" for the row's key.
        rows: the rows.
        texts: of all columns, which the template may name.

    Raises:
        UsageError: the template names what there is not or ends in no format, or two rows would have one name.
    """
    compiled, ending = _compiled(template, texts.names)
    names = []
    for row in rows:
        values = {ROW_NAME: str(row.number), **dict(zip(texts.names, texts.of(row), strict=True))}
        names.append(safe_name(compiled.render(values) if compiled else row.key, f"row-{row.number}") + ending)
    _refuse_repeated(names, rows)
    return names


def safe_name(text: str, blank: str) -> str:
    """Return a text as a file name without its ending, which every system takes; ``blank`` where nothing is left."""
    name = _FORBIDDEN.sub("-", unicodedata.normalize("NFC", " ".join(text.split()))).strip(" .")
    name = name.encode("utf-8", "replace")[:_MAX_BYTES].decode("utf-8", "ignore").strip(" .")
    if not name.strip("-"):
        return blank
    return f"{name}_" if _RESERVED.fullmatch(name) else name


def _compiled(template: str, names: Iterable[str]) -> tuple[Template | None, str]:
    if not template.strip():
        return None, ENDINGS[0]
    ending = PurePath(template.strip()).suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f'The name of the files ends in {", ".join(ENDINGS)}: not "{template}".')
    compiled, unknown = compile_template(template.strip()[: -len(ending)], {*names, ROW_NAME})
    if unknown:
        hint = f' Did you mean "{unknown[0].nearest}"?' if unknown[0].nearest else ""
        raise UsageError(f'The name of the files: there is no column "{unknown[0].inside.strip()}".{hint}')
    return compiled, ending


def _refuse_repeated(names: Sequence[str], rows: Sequence[Row]) -> None:
    """Raise where two names are one on a system that knows no capitals."""
    by_name: dict[str, list[int]] = {}
    for name, row in zip(names, rows, strict=True):
        by_name.setdefault(name.casefold(), []).append(row.number)
    repeated = [(name, numbers) for name, numbers in by_name.items() if len(numbers) > 1]
    if repeated:
        told = "; ".join(
            f'rows {", ".join(map(str, numbers[:_MAX_NAMED]))} would all be "{name}"'
            for name, numbers in repeated[:_MAX_NAMED]
        )
        more = f" (and {len(repeated) - _MAX_NAMED:,} more names)" if len(repeated) > _MAX_NAMED else ""
        raise UsageError(f"{told}{more}. Add a column that tells them apart, such as {{{{{ROW_NAME}}}}}.")
