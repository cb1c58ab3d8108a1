"""Plain values and rules that every other room shares: no I/O, and nothing from outside but pydantic."""
