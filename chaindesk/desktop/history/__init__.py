"""The window of past runs."""
