"""What a design is: pages of blocks, as values."""
