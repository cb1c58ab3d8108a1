"""The program as it is started: its own process, its own loop, an orderly end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.waiting import LONGEST

START = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from chaindesk.desktop import app as application
make = application.make_application
def watched(argv):
    app = make(argv)
    def look():
        window = next((w for w in app.topLevelWidgets() if w.objectName() == "ChainDesk" and w.isVisible()), None)
        if window is None or window.model.total != 3:
            QTimer.singleShot(20, look)
        else:
            print("shown", flush=True)
            if sys.argv[2] == "close":
                window.close()
    QTimer.singleShot(20, look)
    return app
application.make_application = watched
sys.exit(application.run(Path(sys.argv[1]), []))
"""

PAINTED = """
import sys
from PySide6.QtCore import QEvent
from chaindesk.desktop import app as application
notify = application.PaintWatch.eventFilter
def told(watch, watched, event):
    if event.type() is QEvent.Type.Paint:
        print("painted", "chaindesk.desktop.controllers.main" in sys.modules, flush=True)
    return notify(watch, watched, event)
application.PaintWatch.eventFilter = told
make = application.AppWindow
def behind(theme, workspace=None, window=None):
    made = make(theme, workspace, window)
    print("behind it", window.isVisible(), flush=True)
    window.allow_close()
    return made
application.AppWindow = behind
sys.exit(application.run(None, []))
"""


def test_the_window_is_painted_before_what_works_behind_it_is_loaded(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "CHAINDESK_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", PAINTED], env=environment, capture_output=True, text=True, timeout=LONGEST, check=False
    )
    lines = done.stdout.splitlines()
    assert set(lines[:-1]) == {"painted False"}, done.stderr
    assert lines[-1] == "behind it True"


@pytest.mark.parametrize("way", ["close", "interrupt"])
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_the_program_opens_a_workbook_and_ends_cleanly(jobs: object, tmp_path: Path, way: str) -> None:
    path = jobs(3)  # type: ignore[operator]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)}
    command = [sys.executable, "-X", "dev", "-W", "error::ResourceWarning", "-c", START, str(path), way]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "shown\n"
    if way == "interrupt":
        process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=LONGEST)
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert "Error" not in errors, errors
