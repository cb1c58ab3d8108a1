"""Exact statistics in plain Python: what a number of rows lets one say, and what it does not."""
