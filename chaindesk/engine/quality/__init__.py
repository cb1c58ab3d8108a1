"""What answers are worth: which of them are to be doubted, what a read sample says of the rest, whom to trust."""
