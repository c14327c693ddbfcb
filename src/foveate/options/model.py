"""What one request asks for, as a frozen value. Nothing behind the parser sees strings."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from foveate.classes import Wanted
    from foveate.enrolled import Named
    from foveate.geometry.box import Point
    from foveate.options.colours import Colour
    from foveate.options.designed import Designed
    from foveate.options.effects import Touch
    from foveate.options.laid import Lettering, Watermark
    from foveate.options.styles import Styled


class Fit(StrEnum):
    """How the picture meets the box of `width` x `height`."""

    SCALE_DOWN = "scale-down"
    CONTAIN = "contain"
    COVER = "cover"
    CROP = "crop"
    ASPECT_CROP = "aspect-crop"
    PAD = "pad"
    SQUEEZE = "squeeze"
    SCALE_UP = "scale-up"
    PAD_DOWN = "pad-down"
    SQUEEZE_DOWN = "squeeze-down"
    OUTSIDE = "outside"


class Format(StrEnum):
    """What the answer is encoded as. The client's Accept header settles AUTO and bounds BEST."""

    AUTO = "auto"
    BEST = "best"
    AVIF = "avif"
    JXL = "jxl"
    WEBP = "webp"
    JPEG = "jpeg"
    BASELINE_JPEG = "baseline-jpeg"
    PNG = "png"
    GIF = "gif"
    TIFF = "tiff"
    JSON = "json"


class Quality(IntEnum):
    """Cloudflare's words for quality, as numbers on the 1..100 scale."""

    HIGH = 90
    MEDIUM_HIGH = 80
    MEDIUM_LOW = 65
    LOW = 50


class Looks(IntEnum):
    """Words for how good an answer looks, as scores: one scale for all formats."""

    BEST = 85
    HIGH = 80
    MEDIUM_HIGH = 75
    MEDIUM_LOW = 66
    LOW = 60


@dataclass(frozen=True, slots=True)
class AutoQuality:
    """`quality=auto`: what quality an answer needs to have a score."""

    score: int = Looks.MEDIUM_HIGH


class Metadata(StrEnum):
    """Which EXIF a JPEG keeps, where others keep none; with NONE content credentials go as well."""

    COPYRIGHT = "copyright"
    KEEP = "keep"
    NONE = "none"


class Gamut(StrEnum):
    """The colour space of the answer."""

    SRGB = "srgb"
    P3 = "p3"


class Compression(StrEnum):
    """What encoders aim at, beside what the quality says."""

    FAST = "fast"
    SMALL = "small"


class Adaptive(StrEnum):
    """How much of the detail that nobody looks at is given up for fewer bytes."""

    LIGHT = "light"
    STRONG = "strong"


class Upscale(StrEnum):
    """How a picture is enlarged; CLEAN makes it better at its own size, too."""

    INTERPOLATE = "interpolate"
    GENERATE = "generate"
    CLEAN = "clean"


class GravityKind(StrEnum):
    """What a crop must keep."""

    FACE = "face"
    AUTO = "auto"
    OBJECT = "object"
    TEXT = "text"
    ATTENTION = "attention"
    ENTROPY = "entropy"
    POINT = "point"
    BOX_CENTRE = "box-center"
    SIDE = "side"
    CENTRE = "center"


@dataclass(frozen=True, slots=True)
class Gravity:
    """What a crop must keep, and for POINT, BOX_CENTRE and SIDE the place (0..1)."""

    kind: GravityKind
    point: Point | None = None
    classes: tuple[Wanted, ...] = ()
    """Of OBJECT: things of which classes count, and how much; empty is any, all the same."""


@dataclass(frozen=True, slots=True)
class Edges:
    """Pixels at each edge of a picture, not yet multiplied by `dpr`."""

    top: int = 0
    right: int = 0
    bottom: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim:
    """What to cut off before anything else. `width` and `height` are sizes to keep."""

    edges: Edges
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrimBorder:
    """Cut off a uniform border."""

    colour: Colour | None = None
    """The border's colour; None takes it from the corner."""
    tolerance: int = 10
    """Distance from that colour, 0..255, that still is border."""
    keep: int = 0
    """Pixels of border to leave."""


@dataclass(frozen=True, slots=True)
class Border:
    """A frame drawn around the finished picture."""

    colour: Colour
    edges: Edges


@dataclass(frozen=True, slots=True)
class Corners:
    """How far the corners of the finished picture are rounded.

    A corner is pixels when int, not yet multiplied by `dpr`, else a share of each side.
    """

    top_left: int | float = 0
    top_right: int | float = 0
    bottom_right: int | float = 0
    bottom_left: int | float = 0


class MatteLevel(StrEnum):
    """How much time a cut-out may take."""

    FAST = "fast"
    BALANCED = "balanced"
    ACCURATE = "accurate"


class SegmentOutput(StrEnum):
    """What a cut-out is answered as."""

    IMAGE = "image"
    MATTE = "matte"
    DEPTH = "depth"


BLURRED: Final = "blur"


@dataclass(frozen=True, slots=True)
class OfFace:
    """The person with the face of that number; 1 is the first that an analysis lists."""

    number: int


Person: TypeAlias = "int | Point | OfFace"
"""Who of several people: the number from the left, who stands at a place, or by the face."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Separate the subject from its background."""

    quality: MatteLevel | None = None
    """None is the best level up to balanced whose network is here."""
    background: Colour | str | None = None
    """What replaces the background: a colour, `BLURRED`, or the key of another source."""
    output: SegmentOutput = SegmentOutput.IMAGE
    shadow: float = 0.0
    """Darkness, 0..1, of a soft shadow that the subject throws on what is behind it."""
    trim: bool = False
    """Whether the picture is first cut to the subject."""
    keep: tuple[str, ...] = ()
    """Classes of things that are the subject, and nothing else is; `classes.ANY` is every one."""
    drop: tuple[str, ...] = ()
    """Classes of things that are no part of it."""
    person: Person | None = None
    """Who of several people is, beside what `keep` names."""

    @property
    def chosen(self) -> bool:
        """Return whether it is said what the subject is."""
        return bool(self.keep) or self.person is not None

    @property
    def classes(self) -> bool:
        """Return whether things of some classes have to be found for it."""
        return self.chosen or bool(self.drop)


class Focus(StrEnum):
    """What a picture is brought into focus on, where nobody says a place."""

    AUTO = "auto"
    """Faces, else the subject, else what is near and draws the eye."""
    FACE = "face"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refocus:
    """Blur what is nearer and farther than something, as a lens does."""

    at: Point | Focus = Focus.AUTO
    """What stays sharp; a place is of the upright source."""
    aperture: float = 2.8
    """As on a lens: the smaller, the more blur."""


class RedactMethod(StrEnum):
    """How what is hidden is made unrecognisable."""

    BLUR = "blur"
    PIXELATE = "pixelate"
    SOLID = "solid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redact:
    """Make faces, and whatever else is named, unrecognisable for good."""

    faces: bool = True
    text: bool = False
    objects: tuple[str, ...] = ()
    """Classes of things; `classes.ANY` is every one."""
    method: RedactMethod = RedactMethod.BLUR
    strength: float = 0.5
    """0..1: how little of it remains, relative to its size."""
    colour: Colour | None = None
    """What `solid` fills with; None is black."""
    keep: tuple[Named, ...] = ()
    """Whose faces stay as they are."""
    only: tuple[Named, ...] = ()
    """Whose faces alone are made unrecognisable; empty is everybody's."""

    @property
    def subjects(self) -> tuple[Named, ...]:
        """Return who is named."""
        return self.keep or self.only


class Moderate(StrEnum):
    """What happens to a picture that moderation flags; the later, the stricter."""

    BLUR = "blur"
    BLOCK = "block"


def stricter(*asked: Moderate | None) -> Moderate | None:
    """Return the strictest of what is asked for; None where nothing is."""
    if Moderate.BLOCK in asked:
        return Moderate.BLOCK
    return Moderate.BLUR if Moderate.BLUR in asked else None


class Composite(StrEnum):
    """Porter-Duff operators of an overlay."""

    OVER = "over"
    IN = "in"
    ATOP = "atop"
    OUT = "out"
    XOR = "xor"
    LIGHTER = "lighter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlay:
    """A picture drawn over the finished one.

    `width` and `height` are pixels when int, a share of the base when float. None of
    `top`, `left`, `bottom`, `right` centres that axis.
    """

    url: str
    options: TransformOptions
    """How the overlay itself is transformed; its width and height stand below."""
    width: int | float | None = None
    height: int | float | None = None
    opacity: float = 1.0
    repeat: Literal["no", "both", "x", "y"] = "no"
    top: int | None = None
    left: int | None = None
    bottom: int | None = None
    right: int | None = None
    composite: Composite = Composite.OVER
    behind: Literal["subject"] | float | None = None
    """What of the picture stands before it: its subject, or all that is nearer than that, 0..1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoWidth:
    """`width=auto`: the breakpoints from which the client's hints choose."""

    breakpoints: tuple[int, ...] = (320, 768, 960, 1200)
    mobile: int = 768
    desktop: int = 1200


Counted: TypeAlias = "Literal['all', 'largest'] | int"
"""How many of some that come largest first: all, the largest, or that many."""
Faces: TypeAlias = "Counted | tuple[Named, ...]"
"""Which faces a crop keeps: all, so many of the largest, or those of somebody."""
Objects: TypeAlias = Counted
"""Which things of the classes that count a crop keeps: all, or so many of the largest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformOptions:
    """Everything one request asks for. A part that is None was not asked for."""

    design: Designed | None = None
    """What is drawn in the place of the picture, which may be in it."""
    overlay: Designed | None = None
    """What is drawn over the finished picture."""
    width: int | None = None
    auto_width: AutoWidth | None = None
    """Set by `width=auto`; gone, and `width` filled, once the client is known."""
    height: int | None = None
    dpr: float = 1.0
    fit: Fit = Fit.SCALE_DOWN
    adapt: Literal["box", "fit"] | None = None
    """What follows the picture where one of picture and box stands and the other lies."""
    crop_width: int | float | None = None
    """What is kept of the width before sizing: pixels when int, a share when float."""
    crop_height: int | float | None = None
    gravity: Gravity = Gravity(GravityKind.CENTRE)
    zoom: float = 0.0
    faces: Faces = "all"
    """Which faces `gravity=face` keeps; a number n means the n largest."""
    objects: Objects = "all"
    """Which things `gravity=object` keeps, likewise."""
    quality: int | AutoQuality | None = None
    slow_connection_quality: int | AutoQuality | None = None
    max_bytes: int | None = None
    """What JPEG, WebP, AVIF and JPEG XL may have: where they have more, they get less quality."""
    format: Format | None = None
    accepts: frozenset[Format] = frozenset()
    """What the client takes beside JPEG, PNG and GIF; only `format=auto` looks at it."""
    compression: Compression | None = None
    adaptive: Adaptive | None = None
    """Of JPEG, WebP, AVIF, JPEG XL: how far what is looked at least is smoothed before encoding."""
    anim: bool = True
    metadata: Metadata = Metadata.COPYRIGHT
    gamut: Gamut = Gamut.SRGB
    background: Colour | None = None
    blur: float | None = None
    sharpen: float | None = None
    brightness: float | None = None
    contrast: float | None = None
    gamma: float | None = None
    saturation: float | None = None
    rotate: int = 0
    flip_horizontal: bool = False
    flip_vertical: bool = False
    trim: Trim | None = None
    trim_border: TrimBorder | None = None
    border: Border | None = None
    radius: Corners | None = None
    watermark: Watermark | None = None
    text: Lettering | None = None
    segment: Segment | None = None
    style: Styled | None = None
    redact: Redact | None = None
    touch: Touch | None = None
    """Which part is meant, and what is done to it."""
    refocus: Refocus | None = None
    light: float | None = None
    """0..1: how much what is far is darkened, and what is near lifted."""
    moderate: Moderate | None = None
    exempt: bool = False
    """Whether moderation is not enforced: only a door that knows who asks says so, and no URL."""
    idle: tuple[str, ...] = ()
    """Names of options that were taken out, since they change nothing beside these."""
    upscale: Upscale = Upscale.INTERPOLATE
    redirect_on_error: bool = False
    explain: bool = False
    draw: tuple[Overlay, ...] = ()

    @property
    def fast(self) -> bool:
        """Return whether the quickest encoder is to be taken."""
        return self.compression is Compression.FAST

    def extra_sources(self) -> tuple[str, ...]:
        """Return the keys of the sources that it needs besides the main one, each once."""
        drawn = [overlay.url for overlay in self.draw]
        drawn += [key for overlay in self.draw for key in overlay.options.extra_sources()]
        if self.watermark is not None:
            drawn.append(self.watermark.src)
        behind = self.segment.background if self.segment else None
        if isinstance(behind, str) and behind != BLURRED:
            drawn.append(behind)
        if self.style and isinstance(self.style.background, str):
            drawn.append(self.style.background)
        drawn += [key for each in self.designs() if each.filled for key in each.filled.sources]
        return tuple(dict.fromkeys(drawn))

    def designs(self) -> tuple[Designed, ...]:
        """Return the designs that are drawn for it."""
        return tuple(each for each in (self.design, self.overlay) if each is not None)

    def pictured(self) -> tuple[TransformOptions, ...]:
        """Return what is asked of the pictures in its designs, once these are known."""
        return tuple(o for each in self.designs() if each.filled for o in each.filled.pictures)

    @property
    def scored(self) -> bool:
        """Return whether its quality is looked for by how the answer looks."""
        return isinstance(self.quality, AutoQuality) or self.format is Format.BEST

    def moderated(self) -> Moderate | None:
        """Return the strictest moderation that is asked for anywhere in it."""
        overlaid = (overlay.options.moderated() for overlay in self.draw)
        pictured = (each.moderated() for each in self.pictured())
        return stricter(self.moderate, *overlaid, *pictured)

    def subjects(self) -> tuple[Named, ...]:
        """Return who is named anywhere in it, each once: then the face index is searched."""
        named = self.faces if isinstance(self.faces, tuple) else ()
        if self.redact is not None:
            named += self.redact.subjects
        for overlay in self.draw:
            named += overlay.options.subjects()
        return tuple(dict.fromkeys(named)) if named else ()
