"""What imgix's masks and watermarks mean in our options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from foveate.options.translators.shared import Service, css_colour, scaled, show

if TYPE_CHECKING:
    from collections.abc import Mapping

IMGIX: Final = Service("imgix")
LAID: Final = frozenset(
    {"mask", "mask-bg", "corner-radius", "mark", "mark-w", "mark-align", "mark-pad", "mark-alpha"}
)
"""Parameters that are read here."""
CORNERS: Final = frozenset({1, 4})
"""How many radii there may be."""
CLEARED: Final = frozenset({"png", "jpg", "pjpg", "jpeg"})
"""Formats of which their documentation says what the corners become: nothing, or white."""
ALIGNED: Final = {
    **dict.fromkeys(("top", "bottom"), 0),
    **dict.fromkeys(("left", "right"), 1),
    **dict.fromkeys(("middle", "center"), 2),
}
"""In which place of our word theirs stands; the middle has none."""


def rounded(asked: Mapping[str, str], dpr: float) -> dict[str, str]:
    """Return rounded corners, or an ellipse. Raises NotTranslated for other masks."""
    mask = asked.get("mask", "")
    if not mask:
        return {}
    if mask not in {"corners", "ellipse"}:
        raise IMGIX.refused(f"mask={mask}")
    if "mask-bg" not in asked and asked.get("fm") not in CLEARED:
        raise IMGIX.refused(f"mask={mask}", "beside mask-bg, fm=png or fm=jpg")
    behind = {"background": css_colour(asked["mask-bg"])} if "mask-bg" in asked else {}
    return behind | {"radius": "0.5" if mask == "ellipse" else _radius(asked, dpr)}


def _radius(asked: Mapping[str, str], dpr: float) -> str:
    radii = [
        IMGIX.whole("corner-radius", each, 0, 10_000)
        for each in asked.get("corner-radius", "").replace("|", ",").split(",")
        if each
    ]
    if len(radii) not in CORNERS or radii == [0]:
        raise IMGIX.refused("mask=corners", "beside corner-radius of one value or four")
    return ";".join(scaled(each, dpr) if each else "0" for each in radii)


def marked(asked: Mapping[str, str], dpr: float) -> dict[str, str]:
    """Return a watermark of a width in pixels. Raises NotTranslated for another one."""
    if "mark" not in asked:
        return {}
    width = IMGIX.number("mark-w", asked.get("mark-w", "0"), 0, 4000)
    if width < 1 or not width.is_integer() or dpr != 1:
        raise IMGIX.refused("mark", "beside mark-w in pixels, without dpr")
    alpha = IMGIX.number("mark-alpha", asked.get("mark-alpha", "100"), 0, 100)
    words = asked.get("mark-align", "bottom,right").split(",")
    if not set(words) <= ALIGNED.keys():
        raise IMGIX.refused(f"mark-align={asked['mark-align']}")
    placed = sorted((word for word in words if ALIGNED[word] < 2), key=ALIGNED.__getitem__)  # noqa: PLR2004 - the middle
    if len({ALIGNED[word] for word in placed}) < len(placed):
        raise IMGIX.refused(f"mark-align={asked['mark-align']}")
    return {
        "watermark": asked["mark"].removeprefix("/"),
        "watermark.width": show(width),
        "watermark.opacity": show(alpha / 100),
        "watermark.gravity": "-".join(placed) or "center",
        "watermark.margin": str(IMGIX.pixels("mark-pad", asked.get("mark-pad", "10"))),
    }
