"""What ``mcp`` serves to agents: one run at a time of what a person allowed, told in few bytes."""
