"""Files of datasets: how they are written, read, counted, described, and sent as one archive."""
