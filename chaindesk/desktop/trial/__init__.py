"""Beside the chain editor: the prompt of the current step for one row, and the step tried on it."""
