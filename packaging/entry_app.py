"""Where the packaged ``chaindesk-app`` program begins."""

from chaindesk.__main__ import app

if __name__ == "__main__":
    raise SystemExit(app())
