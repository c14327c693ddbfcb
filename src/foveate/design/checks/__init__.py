"""What a change of a design is held against before it is made, and mended where that is safe."""
