"""Calls over HTTP: the session, replies as they arrive, and what goes wrong on the way."""
