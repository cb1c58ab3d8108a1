"""One module for each command: its options and what it does. They are imported only when they are asked for."""
