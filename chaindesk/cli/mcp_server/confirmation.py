"""Confirm tokens: leave to run just what an estimate told of, once, for so much money, for a while."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path

from chaindesk.domain.errors import SaveError, UsageError
from chaindesk.files.private import make_private_folder
from chaindesk.files.save import save_text

LIFETIME_S = 900.0
_ANEW = "Nothing was run. Ask for an estimate again, and run with the token that it gives."


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a token allows.

    Attributes:
        workbook: the file.
        sheet: its sheet.
        chain: the chain's file.
        rows: which rows, in the words of ``--rows``.
        cap: the most that the run may cost, in US dollars.
        digests: of workbook and chain as they were when the estimate was made.
    """

    workbook: Path
    sheet: str
    chain: Path
    rows: str
    cap: Decimal
    digests: tuple[str, str]


class ConfirmTokens:
    """The tokens that were given and not used yet: a file each, called by the token's digest, for its user alone."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self._folder = folder
        self._clock = clock

    def give(self, confirmed: Confirmed) -> str:
        """Return a token for a run.

        Raises:
            SaveError: the disk refuses.
        """
        token = secrets.token_urlsafe(12)
        try:
            make_private_folder(self._folder)
            self._forget_expired()
        except OSError as error:
            raise SaveError(f"{self._folder} cannot be written: {error.strerror}.") from error
        values = asdict(confirmed) | {"until": self._clock() + LIFETIME_S}
        save_text(self._path(token), json.dumps(values, default=str))
        return token

    def use(self, token: str) -> Confirmed:
        """Return what a token allows; it allows it once.

        Raises:
            UsageError: it is none, was used, has expired, or workbook or chain have changed since.
        """
        path = self._path(token)
        try:
            values = json.loads(path.read_text(encoding="utf-8"))
            path.unlink()  # whoever takes it away has it: of two at once just one can
        except (OSError, ValueError):
            raise UsageError(f"This is no confirm token of an estimate, or it was used. {_ANEW}") from None
        if values["until"] <= self._clock():
            raise UsageError(f"The confirm token has expired. {_ANEW}")
        workbook, chain = Path(values["workbook"]), Path(values["chain"])
        if digests_of(workbook, chain) != tuple(values["digests"]):
            raise UsageError(f"The workbook or the chain has changed since the estimate. {_ANEW}")
        cap, digests = Decimal(values["cap"]), digests_of(workbook, chain)
        return Confirmed(workbook, values["sheet"], chain, values["rows"], cap, digests)

    def _path(self, token: str) -> Path:
        return self._folder / f"{hashlib.sha256(token.encode('utf-8', 'replace')).hexdigest()[:32]}.token"

    def _forget_expired(self) -> None:
        for path in self._folder.glob("*.token"):
            if path.stat().st_mtime < self._clock() - 2 * LIFETIME_S:
                path.unlink(missing_ok=True)


def digests_of(workbook: Path, chain: Path) -> tuple[str, str]:
    """Return the digests of what is in two files; "" for one that cannot be read."""
    return _digest(workbook), _digest(chain)


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
