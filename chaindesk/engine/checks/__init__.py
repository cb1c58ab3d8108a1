"""Checks without code: what a step's answers are judged by, without a call, and what a failed check does."""
