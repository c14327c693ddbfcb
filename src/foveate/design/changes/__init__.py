"""What is different between two scenes: as a value that is applied, taken back, and merged."""
