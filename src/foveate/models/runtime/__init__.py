"""Networks at work: which engine runs which, loaded once, dropped when idle."""
