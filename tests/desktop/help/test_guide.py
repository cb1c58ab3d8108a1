"""The user's guide opens from the Help menu."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaindesk import settings
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.errors import ChainDeskError, InputError
from tests.support.windows import WindowMaker

_resource = settings.resource


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the guide's first page is, if it is made."""
    page = tmp_path / "index.html"

    def resource(name: str) -> Path:
        if name != "guide/index.html":
            return _resource(name)
        if not page.exists():
            raise InputError(f"This installation lacks its file {name}.")
        return page

    monkeypatch.setattr(settings, "resource", resource)
    return page


def make(page: Path) -> None:
    page.touch()


async def test_the_guide_that_came_with_the_program_is_opened(
    qloop: DesktopLoop, make_app: WindowMaker, page: Path
) -> None:
    make(page)
    app = make_app()
    opened: list[str] = []
    app.main.help.open_url = lambda url: opened.append(url.toLocalFile()) or True
    app.window.actions_.guide.trigger()
    assert opened == [str(page)]


async def test_where_the_guide_is_missing_or_no_browser_opens_it_that_is_told(
    qloop: DesktopLoop, make_app: WindowMaker, page: Path
) -> None:
    app = make_app()
    told: list[ChainDeskError] = []
    app.main.help.failed.connect(told.append)
    app.main.help.open_url = lambda url: False
    app.window.actions_.guide.trigger()
    make(page)
    app.window.actions_.guide.trigger()
    assert "lacks its file guide/index.html" in str(told[0])
    assert str(page) in str(told[1])
