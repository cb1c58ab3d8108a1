"""Two chains or models side by side on the same rows: what is compared, what differs, and which is better."""
