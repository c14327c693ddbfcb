"""What thumbor's sizes and filters mean in our options."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from foveate.geometry.box import Point
from foveate.geometry.orientation import Orientation
from foveate.options.translators.shared import FORMATS, Service, border, colour, place, show, turned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

THUMBOR: Final = Service("thumbor")
WATERMARK: Final = "watermark"
ACROSS: Final = {"left": 0.0, "center": 0.5, "right": 1.0}
DOWN: Final = {"top": 0.0, "middle": 0.5, "bottom": 1.0}
BOOLEANS: Final = {
    **dict.fromkeys(("true", "True", "1"), True),
    **dict.fromkeys(("false", "False", "0"), False),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a URL asks for, as far as filters can still change it."""

    parts: Mapping[str, str]
    """What stands before the image, by the names of its parts."""
    pairs: Mapping[str, str] = field(default_factory=dict)
    """Our options that depend on nothing else."""
    enlarges: bool | None = None
    """What `upscale()` and `no_upscale()` say."""
    stretches: bool = False
    fill: str = ""
    turns: int = 0
    """Quarters clockwise, after all else."""


def filtered(asked: Asked, name: str, arguments: list[str]) -> Asked:
    """Return what is asked for with one more filter. Raises BadOption or NotTranslated."""
    if name not in FILTERS:
        raise THUMBOR.refused(name)
    least, most, apply = FILTERS[name]
    if not least <= len(arguments) <= most:
        raise THUMBOR.wrong(name, _counted(least, most), ",".join(arguments))
    changed = apply(replace(asked, pairs={}), *arguments)
    return replace(changed, pairs=THUMBOR.both(name, asked.pairs, changed.pairs))


def _counted(least: int, most: int) -> str:
    if not most:
        return "no arguments"
    return f"{least} to {most} arguments" if least < most else f"{most} argument"


def _with(asked: Asked, **pairs: str) -> Asked:
    return replace(asked, pairs={**asked.pairs, **pairs})


def _factor(name: str) -> Callable[..., Asked]:
    read = THUMBOR.factor(name, name)
    return lambda asked, text: _with(asked, **read(text))


def _format(asked: Asked, word: str) -> Asked:
    if word not in FORMATS:
        raise THUMBOR.refused(f"format({word})")
    return _with(asked, format=FORMATS[word])


def _blur(asked: Asked, radius: str, sigma: str = "0") -> Asked:
    says_sigma = THUMBOR.number("blur", sigma, 0, 1000) > 0
    return _with(asked, **THUMBOR.blur("blur", sigma if says_sigma else radius))


def _sharpen(asked: Asked, amount: str, radius: str = "1", luminance: str = "1") -> Asked:
    THUMBOR.number("sharpen", radius, 0, 1000)
    THUMBOR.one_of("sharpen", luminance, BOOLEANS)
    return _with(asked, sharpen=show(THUMBOR.number("sharpen", amount, 0, 10)))


def _background(asked: Asked, word: str) -> Asked:
    if word == "auto":
        raise THUMBOR.refused("background_color(auto)")
    return _with(asked, background=colour(word))


def _fill(asked: Asked, word: str, through: str = "false") -> Asked:
    if word in {"auto", "blur"}:
        raise THUMBOR.refused(f"fill({word})")
    fills_through, css = THUMBOR.one_of("fill", through, BOOLEANS), colour(word)
    if "fit" in asked.parts:
        return replace(_with(asked, background=css), fill=word)
    # Without fit-in there is no room around the picture; transparent places are another matter.
    if fills_through:
        return _with(asked, background=css)
    THUMBOR.check_colour("fill", css)
    return asked


def _rotate(asked: Asked, text: str) -> Asked:
    angle = THUMBOR.pixels("rotate", text)
    # Other angles do nothing there either. Theirs are counter-clockwise.
    return replace(asked, turns=(asked.turns - angle // 90) % 4) if not angle % 90 else asked


def _align(name: str, part: str, words: Mapping[str, float]) -> Callable[..., Asked]:
    def apply(asked: Asked, word: str) -> Asked:
        THUMBOR.one_of(name, word, words)
        return replace(asked, parts={**asked.parts, part: word})

    return apply


def _corners(asked: Asked, radius: str, *colours: str) -> Asked:
    """Return rounded corners of a colour; with a word more, of none."""
    if "|" in radius:
        raise THUMBOR.refused(f"round_corner({radius})")
    whole = str(THUMBOR.whole("round_corner", radius, 1, 10_000))
    red, green, blue = (THUMBOR.whole("round_corner", each, 0, 255) for each in colours[:3])
    clear = len(colours) > _RGB and THUMBOR.one_of("round_corner", colours[_RGB], BOOLEANS)
    behind = {} if clear else {"background": f"#{red:02x}{green:02x}{blue:02x}"}
    return _with(asked, radius=whole, **behind)


def _watermark(asked: Asked, src: str, x: str, y: str, alpha: str, *ratios: str) -> Asked:
    """Return a watermark whose width is a share of the picture's, in a corner or in the middle."""
    if not ratios or ratios[0] == NONE or ratios[1:] not in {(), (NONE,)}:
        raise THUMBOR.refused("watermark", "with w_ratio and without h_ratio")
    share = THUMBOR.number("watermark", ratios[0], 0.1, 100) / 100
    opacity = 1 - THUMBOR.number("watermark", alpha, 0, 100) / 100
    said = {"": src, ".width": f"{share:.6f}", ".opacity": show(opacity)} | _at(x, y)
    return _with(asked, **{f"watermark{name}": text for name, text in said.items()})


def _at(x: str, y: str) -> dict[str, str]:
    """Return where a watermark lies. Raises NotTranslated where its margins are not the same."""
    if (x, y) == ("repeat", "repeat"):
        return {".repeat": "true", ".margin": "0"}
    words, margins = [], set()
    for text, before, after in ((y, "top", "bottom"), (x, "left", "right")):
        if text != "center":
            value = THUMBOR.whole("watermark", text, -10_000, 10_000)
            words.append(after if text.startswith("-") else before)
            margins.add(abs(value))
    if len(margins) > 1:
        raise THUMBOR.refused("watermark", "with the same distance from both edges")
    place = "-".join(words) or "center"
    return {".gravity": place, ".margin": str(max(margins, default=0))}


NONE: Final = "none"
_RGB: Final = 3
FILTERS: Final[Mapping[str, tuple[int, int, Callable[..., Asked]]]] = {
    "quality": (1, 1, lambda asked, text: _with(asked, **THUMBOR.quality("quality", text))),
    "format": (1, 1, _format),
    "blur": (1, 2, _blur),
    "sharpen": (1, 3, _sharpen),
    "brightness": (1, 1, _factor("brightness")),
    "contrast": (1, 1, _factor("contrast")),
    "saturation": (1, 1, _factor("saturation")),
    "grayscale": (0, 0, lambda asked: _with(asked, saturation="0")),
    "background_color": (1, 1, _background),
    "fill": (1, 2, _fill),
    "upscale": (0, 0, lambda asked: replace(asked, enlarges=True)),
    "no_upscale": (0, 0, lambda asked: replace(asked, enlarges=False)),
    "stretch": (0, 0, lambda asked: replace(asked, stretches=True)),
    "rotate": (1, 1, _rotate),
    "cover": (0, 0, lambda asked: _with(asked, anim="false")),
    "strip_exif": (0, 0, lambda asked: _with(asked, metadata="none")),
    "round_corner": (4, 5, _corners),
    "watermark": (4, 6, _watermark),
    "strip_icc": (0, 0, lambda asked: asked),
    "horizontal_align": (1, 1, _align("horizontal_align", "halign", ACROSS)),
    "vertical_align": (1, 1, _align("vertical_align", "valign", DOWN)),
}
"""How many arguments each takes, at least and at most, and what it changes."""


def trimmed(parts: Mapping[str, str]) -> dict[str, str]:
    """Return what is cut off before all else: a border, or what a rectangle leaves."""
    if "trim" in parts:
        if parts.get("corner") == ":bottom-right":
            raise THUMBOR.refused("trim:bottom-right")
        if "left" in parts:
            raise THUMBOR.refused("trim", "without a manual crop")
        return border(min(255, int(parts.get("tolerance", ":0")[1:])))
    left, top, right, bottom = (int(parts.get(k, 0)) for k in ("left", "top", "right", "bottom"))
    if left >= right or top >= bottom:
        # Nothing is left of the picture, and thumbor then does not cut.
        return {}
    width, height = str(right - left), str(bottom - top)
    edges = {"trim.left": str(left), "trim.top": str(top)}
    return edges | {"trim.width": width, "trim.height": height}


def sized(asked: Asked) -> dict[str, str]:
    """Return size, fit, gravity and turns. thumbor turns last, and we first, so all is turned."""
    parts = asked.parts
    if WATERMARK in asked.pairs and (asked.turns or asked.fill):
        raise THUMBOR.refused(WATERMARK, "without rotate and fill")
    width, height = (_side(parts, name) for name in ("width", "height"))
    flips = {"horizontal": bool(parts.get("flip")), "vertical": bool(parts.get("flop"))}
    orientation = Orientation.flip(**flips).then(Orientation.rotation(asked.turns * 90))
    pairs = turned(orientation)
    if not width and not height:
        return pairs
    pairs["fit"] = fit = _fit(asked, both=bool(width and height))
    if parts.get("adaptive") and width and height:
        pairs["adapt"] = "box"
    if fit in {"cover", "crop"}:
        pairs |= _gravity(parts, orientation)
    sides = (height, width) if orientation.swaps else (width, height)
    sized = zip(("width", "height"), sides, strict=True)
    return pairs | {name: str(side) for name, side in sized if side}


def _side(parts: Mapping[str, str], name: str) -> int:
    text = parts.get(name) or "0"
    if text != "orig":
        return int(text)
    if parts.get("width") != parts.get("height"):
        raise THUMBOR.refused("orig", "for both sides")
    return 0


def _fit(asked: Asked, *, both: bool) -> str:
    parts = asked.parts
    if asked.fill and (not both or asked.turns % 2 or "full" in parts):
        raise THUMBOR.refused("fill", "with fit-in, both sides and no rotate")
    if "full" in parts:
        return "outside"
    if "fit" in parts:
        names = ("pad", "pad-down") if asked.fill else ("contain", "scale-down")
        return names[not asked.enlarges]
    if both and asked.stretches:
        return "squeeze"
    names = ("cover", "crop") if both else ("contain", "scale-down")
    return names[asked.enlarges is False]


def _gravity(parts: Mapping[str, str], orientation: Orientation) -> dict[str, str]:
    if "smart" in parts:
        return {"gravity": "auto"}
    x, y = ACROSS[parts.get("halign", "center")], DOWN[parts.get("valign", "middle")]
    at = orientation.point(Point(x, y))
    return {} if (x, y) == (0.5, 0.5) else {"gravity": place(at.x, at.y)}
