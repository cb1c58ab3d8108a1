"""Azure's batch jobs: the model is a deployment of the type Global Batch, and a job goes on past its 24 hours."""

from __future__ import annotations

from chaindesk.providers.batches.openai import OpenAIBatches
from chaindesk.providers.batches.protocol import BatchLimits


class AzureBatches(OpenAIBatches):
    """See ``protocol.BatchApi``."""

    limits = BatchLimits(
        items=100_000, size=200 * 1000**2, mixed_models=False, tags_jobs=True, hours=None, results_days=14.0
    )
    job_prefix = ""  # while the lines of the job have paths with a version, as its pages say
