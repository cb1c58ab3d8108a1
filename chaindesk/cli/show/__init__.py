"""What ``show`` tells of a whole sheet."""
