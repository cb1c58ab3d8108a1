"""A chain as its file describes it: steps, prompts, fields, checks and providers, and how they fit a sheet."""
