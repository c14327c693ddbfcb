"""Whether the fast engine answers as well as the exact one, on this machine."""
