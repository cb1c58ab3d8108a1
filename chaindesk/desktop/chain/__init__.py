"""The chain editor and its list of models."""
