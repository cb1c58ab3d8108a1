"""The bar that starts, steers and measures a run."""
