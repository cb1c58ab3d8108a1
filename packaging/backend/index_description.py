"""The README as a package index can show it. A module of its own, since it needs nothing but the standard library."""

import re

_RELATIVE = re.compile(r"(?P<picture>!?)\[(?P<words>[^\]]*)\]\((?!https?://|#)(?P<path>[^)\s]+)\)")


def description(readme: str, repository: str, ref: str) -> str:
    """Return the README as a package index can show it.

    Args:
        readme: the README's Markdown.
        repository: the address of the repository's page, or "".
        ref: a tag, branch or commit of it.
    """

    def absolute(found: re.Match[str]) -> str:
        words = found["words"]
        if not repository:
            return "" if found["picture"] else words
        kind = "raw" if found["picture"] else "blob"
        return f"{found['picture']}[{words}]({repository}/{kind}/{ref}/{found['path']})"

    return re.sub(r"\n{3,}", "\n\n", _RELATIVE.sub(absolute, readme))
