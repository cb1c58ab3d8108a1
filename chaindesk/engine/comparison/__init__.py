"""Two prompts or models on the same rows, and two past runs: what differs, and whether the difference is sure."""
