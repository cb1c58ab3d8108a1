"""What the panel and dialogs show of what answers are worth: doubts, audits, agreement."""
