"""Pictures that cells name: shown after a click and never before, and only what is safe to open."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QColor, QImage
from PySide6.QtNetwork import QHostAddress, QTcpServer
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.review import pictures
from chaindesk.desktop.review.inputs_view import InputsView
from chaindesk.desktop.review.pictures import Picture, PictureRefused, picture_in, thumbnail_of
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.manifest import Manifest
from tests.support.engine import make_manifest
from tests.support.waiting import until

BOOK = Path("/books")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a.png", "/books/a.png"),
        (" pictures/a b.JPG ", "/books/pictures/a b.JPG"),
        ("../other/a.webp", "/other/a.webp"),
        ("/home/me/a.gif", "/home/me/a.gif"),
    ],
)
def test_a_path_is_one_beside_the_workbook(text: str, path: str) -> None:
    assert picture_in(text, BOOK) == Picture(path=Path(path))


@pytest.mark.parametrize(
    "text", ["", "tea", "a.png and more", "a\nb.png", "x" * 3000 + ".png", "https://a.org/page", "ftp"]
)
def test_most_cells_name_none(text: str) -> None:
    assert picture_in(text, BOOK) is None


@pytest.mark.parametrize(
    "text",
    [
        "file:///etc/a.png",
        "FILE:a.png",
        "\\\\host\\share\\a.png",
        "//host/share/a.png",
        "\\/host/a.png",
        "smb://h/a.png",
        "data:a.png",
    ],
)
def test_shares_and_other_schemes_are_refused(text: str) -> None:
    picture = picture_in(text, BOOK)
    assert picture is not None
    assert picture.refused
    assert (picture.path, picture.address) == (None, None)


def test_a_web_address_tells_its_host_whatever_stands_before_it() -> None:
    picture = picture_in("https://good.org@evil.org/a.png?x=1", BOOK)
    assert picture is not None
    assert picture.host == "evil.org"
    assert picture_in("https:///a.png", BOOK) is None


def save(path: Path, width: int, height: int) -> Path:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(0xFF0000)
    assert image.save(str(path))
    return path


def test_a_thumbnail_is_small_and_bounds_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    image = thumbnail_of(save(tmp_path / "a.png", 2000, 1000))
    assert (image.width(), image.height()) == (360, 180)
    with pytest.raises(PictureRefused, match="no file"):
        thumbnail_of(tmp_path)
    with pytest.raises(PictureRefused, match="cannot be read"):
        thumbnail_of(tmp_path / "none.png")
    (tmp_path / "b.png").write_text("no picture", "utf-8")
    with pytest.raises(PictureRefused, match="no picture that"):
        thumbnail_of(tmp_path / "b.png")
    monkeypatch.setattr(pictures, "_MAX_PIXELS", 1000)
    with pytest.raises(PictureRefused, match="2000 × 1000 pixels"):
        thumbnail_of(tmp_path / "a.png")
    monkeypatch.setattr(pictures, "MAX_BYTES", 10)
    with pytest.raises(PictureRefused, match="are not opened"):
        thumbnail_of(tmp_path / "a.png")


def view_of(manifest: Manifest) -> InputsView:
    view = InputsView()
    view.resize(500, 400)
    view.show()
    view.show_inputs(manifest.rows[0], manifest)
    return view


def has_red(view: InputsView) -> bool:
    image = view.grab().toImage()
    points = ((x, y) for x in range(0, image.width(), 4) for y in range(0, image.height(), 4))
    return any(image.pixelColor(*point).rgb() == QColor("red").rgb() for point in points)


def test_a_local_picture_is_shown_after_the_click_only(qapp: QApplication, tmp_path: Path) -> None:
    save(tmp_path / "plant.png", 100, 80)
    view = view_of(make_manifest([{"Topic": "tea", "Picture": "plant.png"}], tmp_path / "jobs.xlsx"))
    assert "Show the picture" in view.toPlainText()
    assert not has_red(view)
    view.anchorClicked.emit(QUrl("picture:1"))
    assert "Show the picture" not in view.toPlainText()
    assert has_red(view)
    bad = view_of(make_manifest([{"Picture": "gone.png"}, {"Picture": "//host/a.png"}], tmp_path / "jobs.xlsx"))
    bad.anchorClicked.emit(QUrl("picture:0"))
    assert "cannot be read" in bad.toPlainText()


async def test_a_remote_picture_is_asked_for_once_and_after_the_click_only(qloop: DesktopLoop, tmp_path: Path) -> None:
    content = save(tmp_path / "a.png", 60, 60).read_bytes()
    asked: list[bytes] = []
    server = QTcpServer()
    assert server.listen(QHostAddress("127.0.0.1"))

    def serve() -> None:
        socket = server.nextPendingConnection()

        def answer() -> None:
            asked.append(bytes(socket.readAll().data()))
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
            socket.write(head.encode() + content)
            socket.disconnectFromHost()

        socket.readyRead.connect(answer)

    server.newConnection.connect(serve)
    address = f"http://127.0.0.1:{server.serverPort()}/a.png"
    view = view_of(make_manifest([{"Picture": address}], tmp_path / "jobs.xlsx"))
    assert "Fetch the picture from 127.0.0.1" in view.toPlainText()
    for _ in range(20):
        await asyncio.sleep(0)
    assert not asked
    view.anchorClicked.emit(QUrl("picture:0"))
    await until(lambda: has_red(view), 20)
    assert len(asked) == 1
    assert b"Cookie" not in asked[0]
    server.close()
    dead = view_of(make_manifest([{"Picture": address}], tmp_path / "jobs.xlsx"))
    dead.anchorClicked.emit(QUrl("picture:0"))
    await until(lambda: "refused" in dead.toPlainText(), 20)
