"""What a bug report may hold of a chain and of error messages when it is to hold no text of the user's."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HIDDEN = "•••"
_KEPT_STRINGS = frozenset({"name", "model", "kind", "api_key_env", "reasoning_effort", "columns", "verbosity"})
_TYPES = frozenset({"string", "integer", "number", "boolean"})
_KEY_LIKE = re.compile(r"(?:\b(?:sk|pk|rk|gsk|xai|key|AIza|hf|nvapi)[-_]?[A-Za-z0-9_\-]{12,})|(?<=Bearer )[^\s\"']+")
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
_SHORTEST_SECRET = 6
_WORD = re.compile(r"[A-Za-z]+|\d{1,7}|[^\sA-Za-z\d]|\d+")
_SIGNS = frozenset(".,:;()%/–-")
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """a about above account after again all allowed also an and another answer answered api are as asked at attempt
    attempts authentication available bad balance be because been before below body bytes call called calls came can
    cannot certificate chaindesk characters check client closed code completion connect connected connection content
    context could credit credits current cut data deadline denied details did disk dns does down during either empty
    ended endpoint error errors exceed exceeded exceeds expected failed field fields file filter find finish first fit
    for forbidden format found from full gave gateway generate get given gone had has have header headers host hours
    how http https id if in input insufficient integer internal invalid is it its json key keys kind known large last
    left length less limit limits list local long longer lost made make malformed many max maximum message messages
    milliseconds minute minutes missing model models more most much must name network no none not nothing object of off
    on one only or other out output over overloaded parameter parameters parse payment per permission please policy
    prompt property provider proxy quota range rate reached read reason reasoning receive received refused reply request
    requested requests require required reset resource response result retry returned route row rows safety same schema
    seconds see sent server service short small some soon ssl status step stop stopped stream string support supported
    system temperature text than that the then there these this time timed timeout tls to token tokens too took tries
    try type unable unauthorized unavailable under unexpected unknown unreachable unsupported until up usage use used
    user value values wait was were what when where which while wire with without words wrong yet you your""",
    )
)


def scrubbed(message: str) -> str:
    """Return a message with the common words of such messages, numbers and signs; all else becomes an ellipsis."""
    kept: list[str] = []
    for piece in _WORD.findall(message):
        keep = piece.lower() in _WORDS or piece in _SIGNS or (piece.isdecimal() and len(piece) <= 7)
        if keep or not kept or kept[-1] != "…":
            kept.append(piece if keep else "…")
    return re.sub(r" ([.,:;)%])", r"\1", " ".join(kept))


def chain_without_texts(chain: Any, name: str = "") -> Any:
    """Return a chain as JSON values: its shape and its figures without prompts, column names and conditions."""
    if isinstance(chain, dict):
        if name == "fields":
            return {key: value if value in _TYPES else HIDDEN for key, value in chain.items()}
        return {key: chain_without_texts(value, key) for key, value in chain.items()}
    if isinstance(chain, list):
        return [chain_without_texts(value, name) for value in chain]
    if not isinstance(chain, str) or name in _KEPT_STRINGS:
        return chain
    if name == "base_url":
        return _address(chain)
    return f"{HIDDEN} ({len(chain):,} characters)"


def _address(url: str) -> str:
    """Return a server's address without whatever somebody may have put into it."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}{parts.path}"
    except ValueError:
        return HIDDEN


def cleaner(secrets: Iterable[str] = ()) -> Callable[[str], str]:
    """Return the last filter of a bundle's texts: it hides secrets and what looks like one, and shortens home to ``~``.

    Args:
        secrets: that are known; those of the environment are found here.
    """
    found = {value for name, value in os.environ.items() if _SECRET_NAME.search(name)}
    hidden = sorted({value for value in (*found, *secrets) if len(value) >= _SHORTEST_SECRET}, key=len, reverse=True)
    home = str(Path.home())
    homes = [form for form in (home.replace("\\", "\\\\"), home) if len(form) > 3]

    def clean(text: str) -> str:
        for secret in hidden:
            text = text.replace(secret, HIDDEN)
        text = _KEY_LIKE.sub(HIDDEN, text)
        for form in homes:
            text = re.sub(re.escape(form) + r"(?![\w.-])", "~", text)
        return text

    return clean
