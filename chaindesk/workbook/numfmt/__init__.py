"""Number formats: what Excel shows for a number."""
