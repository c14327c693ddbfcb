"""Designs that are drawn, kept, filled in and changed: what every door to them calls."""
