"""Where originals come from and where renditions are kept."""
