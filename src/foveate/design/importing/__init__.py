"""Designs of other programs: SVG and Figma's JSON, as scenes. What cannot be said is told."""
