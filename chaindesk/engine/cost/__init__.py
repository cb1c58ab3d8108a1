"""What a run will cost, what it costs, and the most that it may."""
