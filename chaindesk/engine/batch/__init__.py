"""Batch jobs in a run: requests in shards at half price, submitted, followed, collected and adopted after a crash."""
