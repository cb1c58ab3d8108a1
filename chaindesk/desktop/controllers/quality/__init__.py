"""What answers are worth: doubts about rows, audits of the rest, agreement of checks with the reviews."""
