"""The journal, in which every paid-for answer is kept: the only room that knows SQLite. ``base`` is its face."""
