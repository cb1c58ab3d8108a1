"""What a past run did: figures, text, an offline page, and a bundle for bug reports."""
