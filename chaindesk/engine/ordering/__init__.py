"""In which order rows begin: the sheet's, and towards the end of a run the longest first."""
