"""The loop, the threads and the process under the window."""
