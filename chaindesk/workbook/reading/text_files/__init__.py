"""Text files, .csv and .tsv: their bytes as text, and the text as cells."""
