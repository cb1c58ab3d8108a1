"""Where the packaged ``chaindesk`` program begins."""

from chaindesk.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main())
