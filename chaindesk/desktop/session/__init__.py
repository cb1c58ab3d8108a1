"""What is open in the window and what is running in it."""
