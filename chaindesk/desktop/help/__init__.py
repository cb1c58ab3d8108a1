"""What helps to find one's way: the command palette, the lists of keys and statuses, and what the program is."""
