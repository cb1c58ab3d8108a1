"""A run's calls made by other machines: Dask's workers make them, and this machine plans, paces, pays and journals."""
