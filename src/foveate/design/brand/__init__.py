"""A brand, and designs brought to it: its colours, fonts, logo and least sizes."""
