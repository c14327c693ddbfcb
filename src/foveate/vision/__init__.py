"""Networks: arrays in, typed results out. Each network gets its session from outside."""
