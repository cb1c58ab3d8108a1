"""The banner: what happened, what waits, and what can be done about it."""
