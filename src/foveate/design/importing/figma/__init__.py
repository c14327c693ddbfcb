"""What Figma answers of a file, as a scene."""
