"""The values that pass between rooms: what a header says, how long it holds, faces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from math import dist
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from foveate.geometry.box import Box
from foveate.geometry.orientation import Orientation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from mmap import mmap

    from foveate.geometry.box import Size

    Blob: TypeAlias = bytes | memoryview | mmap
    """Bytes as caches hand them out: shared by all who look at them, and never changed."""

UPRIGHT: Final = Orientation()
LANDMARKS: Final = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")


class ImageFormat(StrEnum):
    """The formats that can be read."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    GIF = "gif"
    AVIF = "avif"
    HEIC = "heic"
    TIFF = "tiff"
    SVG = "svg"
    JP2 = "jp2"
    JXL = "jxl"
    JXR = "jxr"
    BMP = "bmp"
    ICO = "ico"
    CUR = "cur"
    ICNS = "icns"
    PSD = "psd"
    TGA = "tga"
    DDS = "dds"
    QOI = "qoi"
    PNM = "pnm"
    PAM = "pam"
    PFM = "pfm"
    PCX = "pcx"
    DCX = "dcx"
    SGI = "sgi"
    SUN = "sun"
    XBM = "xbm"
    XPM = "xpm"
    FITS = "fits"
    FLI = "fli"
    MSP = "msp"
    IM = "im"
    IMT = "imt"
    IPTC = "iptc"
    GBR = "gbr"
    BLP = "blp"
    FTEX = "ftex"
    PCD = "pcd"
    PIXAR = "pixar"
    SPIDER = "spider"
    MCIDAS = "mcidas"
    XV_THUMBNAIL = "xv-thumbnail"


class Edit(NamedTuple):
    """Bytes of a file that no library shall see, and what it sees in their place."""

    start: int
    end: int
    instead: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the header of a picture says."""

    format: ImageFormat
    stored: Size
    """One frame, as it lies in the file."""
    orientation: Orientation = UPRIGHT
    """What brings the stored picture upright."""
    frames: int = 1
    """As far as they were counted: one more than `limits.max_frames` stands for any number."""
    first_frame_end: int = 0
    """Where the first frame ends in a file with more frames than were counted; 0 otherwise."""
    alpha: bool = False
    bytes: int
    delays_ms: tuple[int, ...] = ()
    loop: int = 0
    """How often an animation plays; 0 is for ever."""
    pixel_bytes: int = 4
    """What one decoded pixel takes: bands times bytes of a sample."""
    held_bytes: int = 0
    """What the decoder holds beside the decoded pixels: coefficients, planes, strips, tiles."""
    edits: tuple[Edit, ...] = ()
    """What decoders do not get to see, in the order of the file."""
    exact: tuple[float, float] | None = None
    """Width and height of a drawing, which need not be whole pixels; None for anything else."""
    decoder: str = ""
    """What reads it in the sandbox, where libvips does not; empty for libvips."""

    @property
    def size(self) -> Size:
        """Return the size of one frame, upright."""
        return self.orientation.size(self.stored)

    @property
    def animated(self) -> bool:
        """Return whether there is more than one frame."""
        return self.frames > 1

    @property
    def pixels(self) -> int:
        """Return the number of pixels over all frames."""
        return self.stored.area * self.frames


@dataclass(frozen=True, slots=True)
class Lifetime:
    """What an origin says about keeping what it sent."""

    max_age_s: float | None = None
    """How long the origin lets it be kept; None when it does not say."""
    must_revalidate: bool = False
    private: bool = False
    """For nobody but who asks now: no cache may keep it, or what is made from it."""
    upload: bool = False
    """Sent along with a request: nothing that is known of it may come to lie on a disk."""
    etag: str = ""
    """The origin's own ETag without quotes, or empty."""
    shared: bool = False
    """Whether the origin lets scripts of any page read it."""
    stale_s: float = 0.0
    """For so long after its time it may still be used, while the origin is asked (RFC 5861 3)."""
    stale_on_error_s: float = 0.0
    """For so long after its time it may still be used when the origin fails (RFC 5861 4)."""
    clients: Lifetime | None = None
    """What it says to those behind a shared cache, where that is something else than to us."""

    def seconds(self, floor_s: float) -> float:
        """Return how long it is believed: at least `floor_s`, unless the origin insists."""
        age = self.max_age_s or 0.0
        return age if self.must_revalidate else max(age, floor_s)

    @property
    def for_clients(self) -> Lifetime:
        """Return what those behind us are told."""
        return self.clients or self


NOTHING_SAID: Final = Lifetime()
"""Of an origin that says nothing."""


def strictest(lifetimes: Sequence[Lifetime]) -> Lifetime:
    """Return how long what is made of all of them may be kept; its ETag is the first one's."""
    ages = [each.max_age_s for each in lifetimes if each.max_age_s is not None]
    told = any(each.clients for each in lifetimes)
    return Lifetime(
        max_age_s=min(ages, default=None),
        must_revalidate=any(each.must_revalidate for each in lifetimes),
        private=any(each.private for each in lifetimes),
        upload=any(each.upload for each in lifetimes),
        etag=lifetimes[0].etag,
        shared=all(each.shared for each in lifetimes),
        stale_s=min(each.stale_s for each in lifetimes),
        stale_on_error_s=min(each.stale_on_error_s for each in lifetimes),
        clients=strictest([each.for_clients for each in lifetimes]) if told else None,
    )


@dataclass(frozen=True, slots=True)
class Face:
    """One face: its box and five landmarks in pixels of the upright source, and its score.

    Landmarks are x, y pairs in the order of `LANDMARKS`; left and right as seen in the picture.
    """

    box: Box
    score: float
    landmarks: tuple[tuple[float, float], ...]

    def scaled(self, x: float, y: float) -> Face:
        """Return the face in a picture enlarged by `x` times across and `y` times down."""
        marks = tuple((left * x, top * y) for left, top in self.landmarks)
        return Face(self.box.scaled(x, y), self.score, marks)

    def moved(self, x: float, y: float) -> Face:
        """Return the face so far to the right, and down."""
        marks = tuple((left + x, top + y) for left, top in self.landmarks)
        return Face(self.box.moved(x, y), self.score, marks)

    def oriented(self, orientation: Orientation, size: Size) -> Face:
        """Return the face in a picture of that size after turning; its left eye stays that."""
        marks = tuple(orientation.place(mark, size) for mark in self.landmarks)
        return Face(orientation.box(self.box, size), self.score, marks)


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing: its class by name, its box in pixels of the upright source, and its score."""

    label: str
    box: Box
    score: float

    def scaled(self, x: float, y: float) -> Thing:
        """Return the thing in a picture enlarged by `x` times across and `y` times down."""
        return Thing(self.label, self.box.scaled(x, y), self.score)

    def moved(self, x: float, y: float) -> Thing:
        """Return the thing so far to the right, and down."""
        return Thing(self.label, self.box.moved(x, y), self.score)

    def oriented(self, orientation: Orientation, size: Size) -> Thing:
        """Return the thing in a picture of that size after turning."""
        return Thing(self.label, orientation.box(self.box, size), self.score)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadPose:
    """How a head is turned, in degrees; 0, 0, 0 looks into the camera.

    `yaw` is positive when the head is turned to the right of the picture, `pitch` when it looks
    up, `roll` when it leans to the right of the picture.
    """

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceQuality:
    """How well a face can be recognised: each 0 (not at all) to 1 (as in a passport photo)."""

    score: float
    """The product of what spoils a face: all of the below, and the pose."""
    sharpness: float
    exposure: float
    size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """What networks guess of one face. What was not looked at is None.

    Probabilities sum to 1. They are guesses: docs/guides/people.md says how often they are wrong.
    """

    pose: HeadPose
    quality: FaceQuality
    liveness: float
    """Probability that a person stood before the camera, and not a photo or a screen."""
    age: float | None = None
    """In years."""
    gender: Mapping[str, float] | None = None
    emotion: Mapping[str, float] | None = None
    race: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Opinion:
    """What a service elsewhere said of a picture: whether to flag it, and words for why."""

    flagged: bool
    labels: tuple[str, ...] = ()


Corner: TypeAlias = "tuple[float, float]"
Quad: TypeAlias = "tuple[Corner, Corner, Corner, Corner]"


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line of text: its corners in pixels of the upright source, and what it says.

    Corners are x, y pairs, clockwise from where the line begins: of one that stands on its head
    the first is the lower right one of the picture.
    """

    quad: Quad
    score: float
    """0..1: that it is text or, where it was read, that it says this."""
    text: str = ""
    """Empty where it was not read."""
    detection_score: float = 0.0
    """0..1: that it is text, as it was found, of a line that was read; crops go by that."""

    @property
    def box(self) -> Box:
        """Return the smallest upright box around it."""
        across, down = zip(*self.quad, strict=True)
        return Box(min(across), min(down), max(across) - min(across), max(down) - min(down))

    @property
    def length(self) -> float:
        """Return how long it is, in pixels."""
        return dist(self.quad[0], self.quad[1])

    @property
    def height(self) -> float:
        """Return how high it is, in pixels."""
        return dist(self.quad[1], self.quad[2])

    def grown(self, by: float) -> TextLine:
        """Return it with all sides so many pixels further out, or further in below 0."""
        one, two, three, four = (complex(*corner) for corner in self.quad)
        along, down = (by * way / (abs(way) or 1.0) for way in (two - one, four - one))
        moved = one - along - down, two + along - down, three + along + down, four - along + down
        one_, two_, three_, four_ = ((at.real, at.imag) for at in moved)
        return replace(self, quad=(one_, two_, three_, four_))

    def scaled(self, x: float, y: float) -> TextLine:
        """Return the line in a picture enlarged by `x` times across and `y` times down."""
        one, two, three, four = ((left * x, top * y) for left, top in self.quad)
        return replace(self, quad=(one, two, three, four))

    def moved(self, x: float, y: float) -> TextLine:
        """Return the line so far to the right, and down."""
        one, two, three, four = ((left + x, top + y) for left, top in self.quad)
        return replace(self, quad=(one, two, three, four))

    def oriented(self, orientation: Orientation, size: Size) -> TextLine:
        """Return the line in a picture of that size after turning."""
        one, two, three, four = (orientation.place(corner, size) for corner in self.quad)
        return replace(self, quad=(one, two, three, four))

    def turned(self, quarters: int) -> TextLine:
        """Return it as a line that begins so many corners further, clockwise."""
        one, two, three, four = (self.quad[(n + quarters) % 4] for n in range(4))
        return replace(self, quad=(one, two, three, four))


class Purged(NamedTuple):
    """What was deleted from a cache."""

    renditions: int = 0
    bytes: int = 0
    """By which the disk has more room."""
