"""What is asked and shown of a row beside the panel: reasons and notes, versions of a text, and what differs."""
