"""Drawings for people to check: contact sheets, and what was seen in a picture laid over it."""
