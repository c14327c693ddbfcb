"""From options to pixels: a plan that is pure arithmetic, and a list of small steps."""
