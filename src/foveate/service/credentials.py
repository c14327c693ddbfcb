"""Content credentials of an answer: what was done to the picture, in the words of C2PA."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from foveate.deadline import current
from foveate.errors import DecoderKilled, EncodeFailed, ImageError, TimedOut
from foveate.geometry.box import Box, Size
from foveate.imaging.credentials import COPIES, MAX_STORE, PROCESS_BYTES
from foveate.imaging.manifest_store import store_bytes
from foveate.options.effects import changes
from foveate.options.model import Metadata, TransformOptions
from foveate.values import UPRIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from foveate.imaging.credentials import ClaimSigner
    from foveate.ports import Picture
    from foveate.transform.plan import Plan
    from foveate.values import Facts

log = logging.getLogger(__name__)
DROPPED: Final = "the content credentials of the original were dropped: "
TOO_LARGE: Final = f"{DROPPED}they take more than {MAX_STORE >> 20} MiB"
UNREADABLE: Final = f"{DROPPED}they cannot be read"
UNSIGNED: Final = f"{DROPPED}nobody signs for the changes"
TOO_SLOW: Final = f"{DROPPED}reading them takes too long"


class Done(NamedTuple):
    """What was done to a picture."""

    options: TransformOptions
    plan: Plan
    facts: Facts
    frames: int
    became: str
    enlarged: bool = False
    """Whether a network made pixels of it, or cleaned them."""

    def asked(self, *names: str) -> bool:
        """Return whether options of these names were given."""
        return any(getattr(self.options, name) != getattr(_NOTHING, name) for name in names)

    def hid(self, what: str) -> bool:
        """Return whether that was made unrecognisable, as far as it was found."""
        return bool(getattr(self.options.redact, what, False))


def _turned(done: Done) -> bool:
    return done.facts.orientation != UPRIGHT or done.plan.orientation != UPRIGHT


def _cropped(done: Done) -> bool:
    return done.plan.framing.box != Box.of(done.plan.source)


def _resized(done: Done) -> bool:
    box = done.plan.framing.box
    return done.plan.out != Size(round(box.width), round(box.height))


def _filled(done: Done) -> bool:
    plan, options = done.plan, done.options
    padded = plan.canvas != plan.orientation.size(plan.out)
    return padded or (options.background is not None and done.facts.alpha)


def _converted(done: Done) -> bool:
    return str(done.facts.format) != done.became


_NOTHING: Final = TransformOptions()
_COLOURS: Final = ("brightness", "contrast", "gamma", "saturation")
ACTIONS: Final[tuple[tuple[str, str, Callable[[Done], bool]], ...]] = (
    ("c2pa.trimmed", "One frame kept.", lambda done: done.frames < done.facts.frames),
    ("c2pa.orientation", "", _turned),
    ("c2pa.cropped", "", _cropped),
    ("c2pa.resized", "", _resized),
    ("c2pa.edited", "Pixels made anew by a network.", lambda done: done.enlarged),
    ("foveate.redacted", "Faces made unrecognisable.", lambda done: done.hid("faces")),
    ("foveate.redacted", "Objects made unrecognisable.", lambda done: done.hid("objects")),
    ("foveate.redacted", "Text made unrecognisable.", lambda done: done.hid("text")),
    ("c2pa.filtered", "Light changed with depth.", lambda done: done.asked("light")),
    ("c2pa.filtered", "Refocused.", lambda done: done.asked("refocus")),
    ("c2pa.edited", "Subject cut out.", lambda done: done.asked("segment")),
    ("c2pa.filtered", "Painted in a style.", lambda done: done.asked("style")),
    ("c2pa.edited", "Background filled.", _filled),
    ("c2pa.filtered", "A part of it, or all, changed.", lambda done: changes(done.options)),
    ("c2pa.color_adjustments", "", lambda done: done.asked(*_COLOURS)),
    ("c2pa.filtered", "", lambda done: done.asked("blur", "sharpen")),
    ("c2pa.filtered", "Smoothed where nobody looks.", lambda done: done.asked("adaptive")),
    ("c2pa.edited", "Border added.", lambda done: done.plan.border is not None),
    ("c2pa.drawing", "Other pictures laid over it.", lambda done: done.asked("draw", "watermark")),
    ("c2pa.drawing", "Words laid over it.", lambda done: done.asked("text")),
    ("c2pa.drawing", "A design laid over it.", lambda done: done.asked("overlay")),
    ("c2pa.edited", "Corners rounded.", lambda done: done.asked("radius")),
    ("c2pa.converted", "", _converted),
    ("c2pa.transcoded", "", lambda done: not _converted(done)),
)
"""What C2PA 2.2 (18.15.4) calls it, or we do; what it means here; when that was done.

They stand in the order of the pipeline.
"""


def actions(done: Done) -> list[dict[str, Any]]:
    """Return the actions of a manifest, without that which opened the original."""
    rows = ((label, about) for label, about, was_done in ACTIONS if was_done(done))
    return [{"action": label} | ({"description": about} if about else {}) for label, about in rows]


def wanted_bytes(picture: Picture, options: TransformOptions) -> int:
    """Return how many bytes of credentials a picture carries that its answer is to keep."""
    if options.metadata is Metadata.NONE:
        return 0
    return store_bytes(picture.data, picture.facts.format)


def signing_bytes(picture: Picture) -> int:
    """Return an upper estimate of the memory that signing takes, beside the answer."""
    return PROCESS_BYTES + COPIES * picture.facts.bytes


def with_credentials(
    answer: bytes, picture: Picture, done: Done, signer: ClaimSigner
) -> tuple[bytes, str]:
    """Return the answer, signed where its original carries credentials, and what to say of it.

    Those that cannot be read are dropped. Manifests hold thumbnails, which would show redacted
    faces and what nobody moderated, so with `redact` and `moderate` the new one only names the
    original. Raises TimedOut when the request's own time is over, and ClientDisconnected.
    """
    size = wanted_bytes(picture, done.options)
    if not size:
        return answer, ""
    if size > MAX_STORE:
        return answer, TOO_LARGE
    original = (picture.data, done.facts.format)
    too = not (done.options.redact or done.options.moderate)
    try:
        signed = signer.signed(answer, done.became, actions(done), original, manifests_too=too)
    except (ImageError, DecoderKilled):
        return answer, UNREADABLE
    except EncodeFailed as why:
        log.warning("content credentials: %s", why)
        return answer, UNSIGNED
    except TimedOut:
        current().check()
        return answer, TOO_SLOW
    return signed, ""
