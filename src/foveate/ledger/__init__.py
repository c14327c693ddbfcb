"""What work cost, for whom, and what it may cost."""
