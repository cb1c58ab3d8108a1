"""What the window does when somebody acts: each run_controller ties widgets to the session."""
