"""What selects in pictures: made of the network that gravity looks with, and the head chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.service.networks import Network
from foveate.vision.saliency import Gaze
from foveate.vision.select_head import Fitted, Unfitted
from foveate.vision.selector import Selector

if TYPE_CHECKING:
    from foveate.service.networks import Networks


def selector_of(networks: Networks) -> Selector:
    """Return what selects with the head that the settings name. Nothing is loaded yet."""
    which = networks.settings.select.head
    head = Unfitted() if which == "none" else Fitted(which)
    return Selector(Gaze(networks.session("gaze")), head)


SELECTOR: Final[Network[Selector]] = Network("selector", selector_of, ("gaze", "gaze-int8"))
