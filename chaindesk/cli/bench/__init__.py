"""What ``bench`` measures."""
