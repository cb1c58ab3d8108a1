"""One call to a provider: when it may go out, when it is tried again, when it waits."""
