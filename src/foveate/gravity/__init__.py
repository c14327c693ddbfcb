"""Who and what to keep in frame: strategies over pure arithmetic, without pixels."""

from foveate.gravity.choose import gravity_for
from foveate.gravity.framing import Framing, Gravity

__all__ = ["Framing", "Gravity", "gravity_for"]
