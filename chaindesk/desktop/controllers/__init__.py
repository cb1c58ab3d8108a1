"""What the window does when somebody acts: each controller ties widgets to the session."""
