"""Datasets: training sets that are made once, under a name that says how, and made again alike."""
