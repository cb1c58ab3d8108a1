"""Chains that can be begun with: the shipped examples, the user's templates, recent files and those beside a workbook.

Reading them takes a moment: use a thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path

from chaindesk import settings
from chaindesk.chain_file import dump_chain, parse_chain
from chaindesk.chain_file.templates import user_templates
from chaindesk.desktop.opening import examples
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_fit import ChainFit, adapted, fit, id_header
from chaindesk.domain.errors import ChainDeskError, EnvironmentFailure
from chaindesk.domain.manifest import Manifest
from chaindesk.files.atomic_write import replace_file

_MAX_BESIDE = 40  # chain files in the workbook's folder that are looked at
_MAX_BYTES = 1_000_000
MIN_SCORE = 0.4  # of a chain that is suggested for other headers than its own
_SCHEMA = re.compile(r"^#\s*yaml-language-server:")


class OfferKind(Enum):
    """Where a chain comes from."""

    EXAMPLE = "example"
    TEMPLATE = "template"
    RECENT = "recent"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class ChainOffer:
    """A chain that can be begun with.

    Attributes:
        kind: where it comes from.
        title: its name as it is shown.
        path: its file.
        text: its file's text.
        chain: the same, checked.
        summary: what it does, in the words of its first comment.
        sheet: the example workbook that belongs to it, or None.
    """

    kind: OfferKind
    title: str
    path: Path
    text: str
    chain: Chain
    summary: str = ""
    sheet: Path | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A chain, and how it fits the sheet that is open."""

    offer: ChainOffer
    fit: ChainFit

    @property
    def is_file(self) -> bool:
        """Return whether it is a file of the user's own that can be opened as it is."""
        return self.offer.kind in (OfferKind.RECENT, OfferKind.BESIDE)


def gallery() -> list[ChainOffer]:
    """Return the shipped examples, the one to begin with first, and the user's templates by name."""
    try:
        templates = [(OfferKind.TEMPLATE, template.path, template.name) for template in user_templates()]
    except EnvironmentFailure:
        templates = []
    return [*_shipped(), *_readable(templates)]


def suggestions(manifest: Manifest, recent: Sequence[str]) -> list[Suggestion]:
    """Return the chains that fit a sheet, the best first: those with its own headers before those to be adapted.

    Among equals go first the files beside the workbook, then recent ones, the user's templates and the examples.
    """
    headers = [column.name for column in manifest.inputs]
    files = [(OfferKind.BESIDE, path, path.name) for path in _beside(manifest.path)]
    known = {path for _, path, _ in files}
    files += [(OfferKind.RECENT, Path(path), Path(path).name) for path in recent if Path(path) not in known]
    order = (OfferKind.BESIDE, OfferKind.RECENT, OfferKind.TEMPLATE, OfferKind.EXAMPLE)
    own_copies = settings.home() / "examples"
    offers = [offer for offer in (*_readable(files), *gallery()) if offer.path.parent != own_copies]
    found = [Suggestion(offer, fit(offer.chain, headers)) for offer in offers]
    fitting = [
        one for one in found if one.fit.needed and (one.fit.exact or (one.fit.possible and one.fit.score >= MIN_SCORE))
    ]
    return sorted(fitting, key=lambda one: (not one.fit.exact, -one.fit.score, order.index(one.offer.kind)))


def offer_of(path: Path) -> ChainOffer | None:
    """Return a chain file of the user's own, or None where it cannot be read."""
    return next(iter(_readable([(OfferKind.RECENT, path, path.name)])), None)


def text_for(offer: ChainOffer, mapping: dict[str, str | None], headers: Sequence[str]) -> str:
    """Return the text of the user's own copy of a chain: as it is where its names are the sheet's, else rewritten."""
    id_fits = offer.chain.id_column is None or offer.chain.id_column in headers
    if id_fits and all(name == header for name, header in mapping.items()):
        return offer.text
    if offer.chain.id_column is not None:
        free = [header for header in headers if header not in mapping.values()]
        mapping = {offer.chain.id_column: id_header(offer.chain, free)} | mapping
    return f"{_comments(offer.text)}{dump_chain(adapted(offer.chain, mapping, headers))}"


def save_copy(text: str, target: Path) -> None:
    """Save the user's own copy of a chain.

    Raises:
        EnvironmentFailure: the folder refuses.
    """
    try:
        replace_file(target, lambda file: file.write(text.encode("utf-8")))
    except OSError as error:
        raise EnvironmentFailure(f"The chain cannot be saved as {target}: {error.strerror}.") from error


def free_name(folder: Path, stem: str) -> Path:
    """Return a path in a folder under which there is no file yet."""
    plain = re.sub(r"[^\w .-]+", " ", stem).strip() or "chain"
    path, number = folder / f"{plain}.yaml", 2
    while path.exists():
        path, number = folder / f"{plain} {number}.yaml", number + 1
    return path


@cache
def _shipped() -> tuple[ChainOffer, ...]:
    folder = settings.resource("examples")
    found = []
    for name in examples.names():
        for offer in _readable([(OfferKind.EXAMPLE, folder / f"{name}.yaml", name)]):
            sheet = folder / f"{name}.xlsx"
            title = offer.chain.name[:1].upper() + offer.chain.name[1:]
            found.append(
                ChainOffer(
                    offer.kind,
                    title,
                    offer.path,
                    offer.text,
                    offer.chain,
                    offer.summary,
                    sheet if sheet.exists() else None,
                )
            )
    return tuple(found)


def _readable(files: Iterable[tuple[OfferKind, Path, str]]) -> list[ChainOffer]:
    """Return the chains of the files that can be read; what is damaged or gone is nothing to begin with."""
    found = []
    for kind, path, title in files:
        try:
            if path.stat().st_size > _MAX_BYTES:
                continue
            text = path.read_text("utf-8-sig")
            found.append(ChainOffer(kind, title, path, text, parse_chain(text, path.name), _summary(text)))
        except (OSError, UnicodeDecodeError, ChainDeskError):
            continue
    return found


def _beside(workbook: Path) -> list[Path]:
    try:
        found = [path for path in workbook.parent.iterdir() if path.suffix.lower() in (".yaml", ".yml")]
    except OSError:
        return []
    return sorted(found)[:_MAX_BESIDE]


def _summary(text: str) -> str:
    """Return the first paragraph of the comment at the head of a chain file."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        words = line.lstrip("#").strip()
        if _SCHEMA.match(line) or (not words and not lines):
            continue
        if not words:
            break
        lines.append(words)
    return " ".join(lines)


def _comments(text: str) -> str:
    head = []
    for line in text.splitlines(keepends=True):
        if not line.startswith("#"):
            break
        if not _SCHEMA.match(line):
            head.append(line)
    return "".join(head)
