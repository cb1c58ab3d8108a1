"""The simulated provider's batch jobs: one store of jobs, and each provider's way to speak of them."""
