"""Sizes, boxes, points, orientations and the arithmetic of fits and crops. No pixels here."""

from foveate.geometry.box import Box, Point, Size
from foveate.geometry.orientation import Orientation

__all__ = ["Box", "Orientation", "Point", "Size"]
