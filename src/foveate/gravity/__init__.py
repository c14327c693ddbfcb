"""Who and what to keep in frame: strategies over pure arithmetic, without pixels."""

from foveate.gravity.choose import gravity_for
from foveate.gravity.framing import Framing, GravityStrategy

__all__ = ["Framing", "GravityStrategy", "gravity_for"]
