"""Reviewing: verdicts, edits and reruns of rows, the walk through those that wait, and how each is undone."""
