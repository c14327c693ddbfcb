"""SVG as a scene."""
