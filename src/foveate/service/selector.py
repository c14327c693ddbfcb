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
    """Return what answers to clicks, with the heads that the settings name. Nothing is loaded."""
    settings = networks.settings.select
    head = Unfitted() if settings.head == "none" else Fitted(settings.head)
    same = settings.subject_head == settings.head
    subjects = None if same else Fitted(settings.subject_head)
    return Selector(Gaze(networks.session("gaze")), head, subjects)


def subject_selector(networks: Networks) -> Selector:
    """Return what finds subjects and is not asked about clicks."""
    return Selector(Gaze(networks.session("gaze")), Fitted(networks.settings.select.subject_head))


SELECTOR: Final[Network[Selector]] = Network("selector", selector_of, ("gaze", "gaze-int8"))
