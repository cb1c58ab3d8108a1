"""The export dialog: what is written, of which rows and columns, and where."""
