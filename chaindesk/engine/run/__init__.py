"""One run from its beginning to its end: workers, rows, events and what is kept of them."""
