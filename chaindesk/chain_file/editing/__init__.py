"""Edits of a chain file's text that change just the lines of what is edited: comments and all else stay as they are."""
