"""Answers that people approved or wrote, as what a step is shown of how its answers should be."""
