"""Tool tips of texts from elsewhere: Qt reads what looks like HTML as HTML, and would fetch what it names."""

from __future__ import annotations

import html


def html_text(text: str) -> str:
    """Return the HTML that shows a text as it is written, "" for none."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if text else ""
