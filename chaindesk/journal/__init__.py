"""The journal, in which every paid-for answer is stored: the only package that uses SQLite."""
