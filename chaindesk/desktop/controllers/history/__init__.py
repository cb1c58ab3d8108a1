"""What the history window asks for: past runs to read, to export and to clean up."""
