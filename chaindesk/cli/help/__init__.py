"""What ``chaindesk help chain`` and ``chaindesk --version`` print."""
