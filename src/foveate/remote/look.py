"""Networks that look at thumbnails elsewhere: there if possible, else here, if they are here."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from foveate import trace
from foveate.deadline import Deadline, current
from foveate.errors import BadBody, ModelError, StageAway, Unavailable
from foveate.geometry.box import Size
from foveate.remote import messages as m
from foveate.remote import stages_pb2 as pb
from foveate.remote.believed import believed_faces, believed_maps
from foveate.remote.failures import away, read_reply
from foveate.remote.methods import FIND_FACES, FIND_LOOKS
from foveate.service.stages.arrays import array_from_bytes, array_to_bytes
from foveate.trace import LOOK_LOCAL

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from foveate.remote.caller import Caller
    from foveate.values import Face
    from foveate.vision.faces import RetinaFace
    from foveate.vision.saliency import Gaze

T = TypeVar("T")
log = logging.getLogger(__name__)

SHARE: Final = 0.5
"""Part of the time that is left for which one waits: the rest is for the next best thing."""
MOST_S: Final = 4.0
"""For no longer than that: a worker waits, and the next best thing takes less than a second."""


@dataclass(frozen=True, slots=True)
class FacesAfar:
    """A FaceDetector that says what its local one would."""

    here: RetinaFace
    caller: Caller

    @property
    def name(self) -> str:
        """Return what names the network: what was seen elsewhere is as good as seen here."""
        return self.here.name

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking for its faces."""
        return self.here.input_size(size)

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        """Return the faces of a thumbnail, best score first. Raises StageAway."""

        def there(deadline: Deadline) -> tuple[Face, ...]:
            request = pb.FindFacesRequest(
                rgb=array_to_bytes(rgb), score=self.here.score, doubts=self.here.doubts
            )
            reply = self.caller.call(FIND_FACES, request, deadline)
            size = Size(rgb.shape[1], rgb.shape[0])
            return read_reply(
                self.caller.stage,
                lambda: believed_faces(tuple(map(m.face_from, reply.faces)), size),
            )

        return there_or_here(self.caller, there, lambda: self.here(rgb))


@dataclass(frozen=True, slots=True)
class LooksAfar:
    """A MapNetwork that says what its local one would."""

    here: Gaze
    caller: Caller

    @property
    def name(self) -> str:
        """Return what names the network."""
        return self.here.name

    def input_size(self, size: Size) -> Size:
        """Return the size to bring a picture of `size` to before asking."""
        return self.here.input_size(size)

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return the three maps of a thumbnail. Raises StageAway."""

        def there(deadline: Deadline) -> NDArray[np.float32]:
            request = pb.FindLooksRequest(rgb=array_to_bytes(rgb))
            reply = self.caller.call(FIND_LOOKS, request, deadline)
            return read_reply(
                self.caller.stage, lambda: believed_maps(array_from_bytes(reply.maps), rgb)
            )

        return there_or_here(self.caller, there, lambda: self.here(rgb))


def there_or_here(caller: Caller, there: Callable[[Deadline], T], here: Callable[[], T]) -> T:
    """Return what the stage says, or what the network here does, which the trace is told.

    Raises StageAway where neither is to be had, and the reason where the time is over.
    """
    deadline = current()
    try:
        return there(part_of(deadline))
    except (Unavailable, ModelError, BadBody) as why:  # the last: its settings are others
        deadline.check()
        try:
            seen = here()
        except ModelError:
            raise (why if isinstance(why, StageAway) else away(caller.stage, str(why))) from None
        if trace.current().fall_back(LOOK_LOCAL):
            log.info("Looked here, because of the stage %s: %s", caller.stage, why)
        return seen


def part_of(deadline: Deadline) -> Deadline:
    """Return a deadline at which some time is left until this one."""
    now = time.monotonic()
    most_s = min(MOST_S, SHARE * (deadline.until - now))
    return Deadline(now + most_s, deadline.cancelled)
