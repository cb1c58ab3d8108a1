"""What a step asks of a row, and how its answer is read."""
