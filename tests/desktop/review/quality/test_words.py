"""Every text of the engine that the window shows of doubts, audits and agreement can be translated."""

from __future__ import annotations

from chaindesk.desktop.review.quality.words import TEMPLATES
from chaindesk.engine.quality import agreement, audit, doubt


def test_the_engines_texts_are_the_ones_that_are_translated() -> None:
    own = {doubt.DoubtKind.JUDGE, doubt.DoubtKind.CHECK}  # a check's own words
    said = [words for kind, words in doubt.TEMPLATES.items() if kind not in own]
    said += [getattr(audit, name) for name in ("NONE_READ", "READ", "NONE_WRONG", "SOME_WRONG", "AT_MOST", "NO_MORE")]
    said += [audit.ALL_READ, agreement.TOO_FEW, agreement.ONE_SIDED, agreement.AGREES]
    said += [agreement.DOES, agreement.PERHAPS, agreement.DOES_NOT]
    assert list(TEMPLATES) == said
