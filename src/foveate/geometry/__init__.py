"""Sizes, boxes, points, poses and the arithmetic of fits and crops. No pixels here."""

from foveate.geometry.box import Box, Point, Size
from foveate.geometry.pose import Pose

__all__ = ["Box", "Point", "Pose", "Size"]
