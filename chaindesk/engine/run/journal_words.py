"""What the user is told while the journal cannot be written, and of the answers that it could not take."""

from __future__ import annotations

from pathlib import Path

from chaindesk.domain.errors import JournalError, JournalTrouble

_ADVICE = {
    JournalTrouble.FULL: "The disk with the journal is full. Free some space",
    JournalTrouble.READ_ONLY: "The journal is read-only at the moment. Allow writing to it and to its folder",
    JournalTrouble.BUSY: "Another program holds the journal. Close that program",
    JournalTrouble.DISK: "The disk with the journal gives errors. Check the disk or the network drive",
    JournalTrouble.GONE: "The journal is not there any more. Bring its file or its drive back",
}


def waiting_words(trouble: JournalTrouble, answers: int) -> str:
    """Return what to do about a journal that so many answers wait for."""
    waits = f" {_count(answers)} {'waits' if answers == 1 else 'wait'} to be kept." if answers else ""
    return f"{_ADVICE[trouble]}, and the run goes on by itself.{waits}"


def spilled_words(error: JournalError | None, answers: int, path: Path) -> str:
    """Return where answers are that the journal could not take."""
    return (
        f"{error} {_count(answers)} that had arrived meanwhile {'is' if answers == 1 else 'are'} kept in {path}. The "
        "next run takes them in, and pays for nothing twice."
    )


def _count(answers: int) -> str:
    return "One answer" if answers == 1 else f"{answers} answers"
