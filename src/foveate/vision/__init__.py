"""Networks: arrays in, typed results out. Each network gets its session from outside."""

from foveate.vision.faces import RetinaFace, fit_long_side

__all__ = ["RetinaFace", "fit_long_side"]
