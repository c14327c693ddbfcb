"""Designs in other sizes: what stands beside what is solved for the new page."""
