"""How a run stands, from its events: the state of each row, figures, groups of failures, and the time left."""
