"""Which columns a chain needs, which headers of a sheet can stand for them, and the chain with these names.

A chain from elsewhere says ``{{Name}}`` where the sheet says ``Title``: its texts are rewritten, never the sheet.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from chaindesk.domain.chains.chain import Chain, Step
from chaindesk.domain.names import readable_name

_TOKEN = re.compile(r"(?P<escaped>\\\{\{)|\{\{(?P<inside>[^{}\n]*)\}\}")
_WORD = re.compile(r"\w+")
_LINK = ".link"
_CLOSE = 0.82  # of difflib: a letter wrong in six
_ALIKE: tuple[frozenset[str], ...] = tuple(
    frozenset(words.split("|"))
    for words in (
        "id|no|nr|number|key|sku|ref|code|nummer|id number|article id|text id|comment id|ticket|mail|lead|row",
        "name|title|product|product name|item|titel|produkt|bezeichnung|produktname|nom|nombre",
        "topic|subject|theme|keyword|thema|titel|title|betreff|sujet|tema|headline",
        "text|content|body|copy|draft|inhalt|texte|texto|source|source text",
        "message|text|comment|body|question|nachricht|kommentar|anfrage|mensaje|review",
        "features|facts|details|specs|specification|attributes|properties|bullet points|merkmale|eigenschaften",
        "description|summary|beschreibung|text",
        "company|firm|organisation|organization|account|customer|client|firma|unternehmen|kunde|empresa|entreprise",
        "contact|person|contact name|name|ansprechpartner",
        "language|lang|sprache|langue|idioma",
        "audience|reader|readers|target group|target audience|zielgruppe",
        "tone|style|voice|tonfall|stil",
        "category|type|kind|group|kategorie|art|rubrik",
        "sender|from|e-mail|email|absender",
        "received|date|day|datum|eingang",
        "country|land|pays|país",
        "city|place|town|location|ort|stadt",
        "notes|note|remarks|comment|comments|anmerkung|notiz|notizen",
        "website|url|web|homepage|link|domain",
        "english|text|source|source text|en|string",
        "words|length|word count|länge|wörter",
        "author|user|user name|writer|autor",
        "article|title|topic|post|page",
    )
)


class Match(Enum):
    """How sure it is that a header stands for a column that a chain names."""

    SAME = "same"
    SPELLING = "spelling"  # the same word in another case or form
    MEANING = "meaning"  # another word that often means the same
    NONE = "none"


@dataclass(frozen=True, slots=True)
class NeededColumn:
    """A column that a chain uses.

    Attributes:
        name: as the chain names it.
        optional: whether the chain can do without it: every text that uses it has a fallback, and no condition does.
        used_in: the steps that use it.
    """

    name: str
    optional: bool
    used_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainFit:
    """How a chain fits the headers of a sheet.

    Attributes:
        needed: the columns that it uses, in the order in which it does.
        headers: for each the header that could stand for it, and how sure that is.
    """

    needed: tuple[NeededColumn, ...]
    headers: Mapping[str, tuple[str | None, Match]]

    @property
    def exact(self) -> bool:
        """Return whether the sheet has every column under its own name."""
        return all(match is Match.SAME for _, match in self.headers.values())

    @property
    def possible(self) -> bool:
        """Return whether every column that it cannot do without has a header that could stand for it."""
        return all(column.optional or self.headers[column.name][0] is not None for column in self.needed)

    @property
    def score(self) -> float:
        """Return from 0 to 1 how well it fits; what it can do without counts a quarter."""
        weights = {Match.SAME: 1.0, Match.SPELLING: 0.9, Match.MEANING: 0.6, Match.NONE: 0.0}
        shares = [(0.25 if one.optional else 1.0, weights[self.headers[one.name][1]]) for one in self.needed]
        total = sum(weight for weight, _ in shares)
        return sum(weight * share for weight, share in shares) / total if total else 0.0

    @property
    def mapping(self) -> dict[str, str | None]:
        """Return the header that could stand for each column, None where there is none."""
        return {name: header for name, (header, _) in self.headers.items()}


def columns_needed(chain: Chain) -> tuple[NeededColumn, ...]:
    """Return the columns that the steps of a chain use: what its texts and conditions name and no step gives."""
    produced = {name for step in chain.steps for name in step.references}
    found: dict[str, list[tuple[str, bool]]] = {}
    for step in chain.steps:
        for name, fallback in (*_names(step.system), *_names(step.prompt)):
            if name not in produced:
                found.setdefault(name.removesuffix(_LINK), []).append((step.name, fallback))
        if step.run_if is not None and step.run_if.column is not None:
            found.setdefault(step.run_if.column, []).append((step.name, False))
    return tuple(
        NeededColumn(name, all(fallback for _, fallback in uses), tuple(dict.fromkeys(step for step, _ in uses)))
        for name, uses in found.items()
    )


def fit(chain: Chain, headers: Sequence[str]) -> ChainFit:
    """Return how a chain fits a sheet with these headers. Each header stands for one column at most."""
    needed = columns_needed(chain)
    left = list(dict.fromkeys(headers))
    headers_of: dict[str, tuple[str | None, Match]] = {}
    for match, find in _SEARCHES:
        for column in sorted(needed, key=lambda column: column.optional):
            if column.name not in headers_of and (header := find(column.name, left)) is not None:
                headers_of[column.name] = header, match
                left.remove(header)
    return ChainFit(needed, {one.name: headers_of.get(one.name, (None, Match.NONE)) for one in needed})


def id_header(chain: Chain, headers: Sequence[str]) -> str | None:
    """Return the header that could stand for a chain's ID column; None where there is none, or the chain has none."""
    name = chain.id_column
    if name is None:
        return None
    return next((header for _, find in _SEARCHES if (header := find(name, headers)) is not None), None)


def adapted(chain: Chain, mapping: Mapping[str, str | None], headers: Collection[str]) -> Chain:
    """Return the chain with the names of a sheet's own headers.

    Args:
        chain: the chain.
        mapping: the header that stands for each column that it uses; None where there is none: the fallback takes its
            place in the texts, and nothing where there is no fallback; a condition on it goes.
        headers: the sheet's headers. An ID column that is not among them goes, unless it is mapped.
    """
    id_column = mapping.get(chain.id_column, chain.id_column) if chain.id_column is not None else None
    steps = [_adapted_step(step, mapping) for step in chain.steps]
    return chain.model_copy(update={"steps": steps, "id_column": id_column if id_column in headers else None})


def _adapted_step(step: Step, mapping: Mapping[str, str | None]) -> Step:
    changes: dict[str, object] = {"prompt": _renamed(step.prompt, mapping), "system": _renamed(step.system, mapping)}
    condition = step.run_if
    if condition is not None and condition.column is not None and condition.column in mapping:
        header = mapping[condition.column]
        changes["run_if"] = condition.model_copy(update={"column": header}) if header is not None else None
    return step.model_copy(update=changes)


def _renamed(text: str, mapping: Mapping[str, str | None]) -> str:
    def written(found: re.Match[str]) -> str:
        inside = found["inside"]
        if inside is None:
            return found[0]
        written_name, bar, fallback = inside.partition("|")
        name = readable_name(written_name)
        bare = name.removesuffix(_LINK)
        if bare not in mapping:
            return found[0]
        header = mapping[bare]
        if header is None:
            return fallback if bar else ""
        return "{{" + header + (_LINK if name != bare else "") + bar + fallback + "}}"

    return _TOKEN.sub(written, text)


def _names(text: str) -> Iterable[tuple[str, bool]]:
    for found in _TOKEN.finditer(text):
        if found["inside"] is not None:
            name, bar, _ = found["inside"].partition("|")
            if readable_name(name):
                yield readable_name(name), bool(bar)


def _same(name: str, headers: Sequence[str]) -> str | None:
    return name if name in headers else None


def _spelling(name: str, headers: Sequence[str]) -> str | None:
    plain = _plain(name)
    same = next((header for header in headers if _plain(header) == plain), None)
    if same is not None:
        return same
    words = set(plain.split())
    held = [header for header in headers if words <= set(_plain(header).split())]
    return held[0] if len(held) == 1 else None


def _misspelt(name: str, headers: Sequence[str]) -> str | None:
    by_plain = {_plain(header): header for header in headers}
    close = difflib.get_close_matches(_plain(name), by_plain, n=1, cutoff=_CLOSE)
    return by_plain[close[0]] if close else None


def _meaning(name: str, headers: Sequence[str]) -> str | None:
    plain = _plain(name)
    for group in _ALIKE:
        if plain in group:
            for header in headers:
                alike = _plain(header)
                if alike in group or (group is _ALIKE[0] and alike.split(" ")[-1] in group):  # "Item no."
                    return header
    return None


def _plain(name: str) -> str:
    return " ".join(_WORD.findall(name.casefold().replace("_", " ")))


_SEARCHES = (
    (Match.SAME, _same),
    (Match.SPELLING, _spelling),
    (Match.MEANING, _meaning),
    (Match.SPELLING, _misspelt),
)
