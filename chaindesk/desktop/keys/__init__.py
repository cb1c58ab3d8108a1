"""API keys: the dialog in which they are set, tested and deleted."""
