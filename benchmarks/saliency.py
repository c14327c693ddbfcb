"""What `gravity=auto` keeps of where people look, and the peers beside it.

    python benchmarks/saliency.py

prints what `run.py --only gaze` measures.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import osie
import peers
from fit_saliency import analysis_of
from results import Check, Outcome, Table, tell, without_data
from rounds import in_places
from servers import serving

from foveate.app import create
from foveate.geometry.box import Box
from foveate.geometry.crop import largest
from foveate.geometry.orientation import Orientation
from foveate.geometry.windows import SummedMap
from foveate.gravity.choose import gravity_for
from foveate.gravity.importance import importance
from foveate.gravity.saliency import Crowd, placed
from foveate.options.model import Gravity, GravityKind, TransformOptions
from foveate.service.for_gravity import ForGravity
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rounds import Places
    from servers import Server

    from foveate.geometry.fit import Window

    Shares = Mapping[str, list[tuple[float, float, float]]]

NAME, TITLE = "gaze", "Crops that keep what people look at"
TARGETS: Final = {"9:16": 0.50, "3:4": 0.48}
OURS: Final = "Foveate"
HEADLESS: Final = "Foveate, if it did not care for heads"
KINDS: Final = {
    OURS: GravityKind.AUTO,
    "libvips attention": GravityKind.ATTENTION,
    "libvips entropy": GravityKind.ENTROPY,
    "centre": GravityKind.CENTRE,
}


def by_gravity(kind: GravityKind, known: Sequence[ForGravity]) -> Callable[[int, Window], Box]:
    """Return what crops photos by their number as the server does with that gravity."""
    gravity = gravity_for(TransformOptions(gravity=Gravity(kind)), Orientation())

    def crop(number: int, window: Window) -> Box:
        return gravity.frame(Box.of(known[number].size), window, known[number]).box

    return crop


def by_server(server: Server, photos: Sequence[osie.Photo]) -> Callable[[int, Window], Box]:
    """Return what crops photos by their number as a peer does: centred on the crop it names."""

    def crop(number: int, window: Window) -> Box:
        photo = photos[number]
        whole = largest(Box.of(photo.size), window.aspect)
        query = {"w": round(window.width), "h": round(window.height), "box": 1}
        query["share"] = min(1.0, window.width / whole.width)
        found = json.loads(server.get(f"/{photo.path.name}?{urlencode(query)}").body)
        x, y = found["x"] + found["width"] / 2, found["y"] + found["height"] / 2
        left = min(max(0.0, x - window.width / 2), photo.size.width - window.width)
        top = min(max(0.0, y - window.height / 2), photo.size.height - window.height)
        return Box(left, top, window.width, window.height)

    return crop


def by_peers(photos: Sequence[osie.Photo]) -> dict[str, Shares]:
    """Return what the crops of smartcrop.py and smartcrop-sharp keep."""

    def measurement(places: Places) -> dict[str, Shares]:
        for photo in photos:
            (places.origin / photo.path.name).symlink_to(photo.path)
        launches = (peers.smartcrop_py(places.origin), peers.node_peer("smartcrop", places.origin))
        shares = {}
        for launch in launches:
            with serving(launch) as server:
                shares[launch.name] = osie.gains(by_server(server, photos), photos)
        return shares

    return in_places(measurement)


def headless(known: Sequence[ForGravity]) -> Callable[[int, Window], Box]:
    """Return what crops photos by their number by looks alone, whoever's head that costs."""

    def crop(number: int, window: Window) -> Box:
        seen = known[number]
        share = importance(seen.saliency(), seen.faces(), None, seen.size)
        return placed(SummedMap.of(share, seen.size), Box.of(seen.size), window, Crowd())

    return crop


def _gain_table(shares: Mapping[str, Shares]) -> Table:
    rows = [
        (name, *(str(osie.gain(kept[window])) for window in osie.WINDOWS))
        for name, kept in shares.items()
    ]
    title = "Gain over the centre crop, and its standard error over photos"
    return Table(title, ("crop", *osie.WINDOWS), rows)


def _checks(ours: Shares) -> list[Check]:
    gains = {window: osie.gain(ours[window]) for window in TARGETS}
    return [
        Check(f"osie, gain at {window}", f">= {least:g}", str(gain), gain.value >= least)
        for (window, least), gain in zip(TARGETS.items(), gains.values(), strict=True)
    ]


def gaze(*, quick: bool) -> Outcome:  # noqa: ARG001 - all photos, however quick it shall be
    """Return how much crops keep of where people look, ours and the peers'."""
    if not osie.FOLDER.exists():
        return without_data(NAME, TITLE)
    peers.pull_weights()
    app, photos = create(load()), osie.photos()
    known = [ForGravity(analysis_of(photo.path, app)) for photo in photos]
    shares = {name: osie.gains(by_gravity(kind, known), photos) for name, kind in KINDS.items()}
    shares[HEADLESS] = osie.gains(headless(known), photos)
    return Outcome(
        NAME,
        TITLE,
        checks=_checks(shares[OURS]),
        tables=[_gain_table({**shares, **by_peers(photos)})],
        notes=[
            "Gain: (kept - centre) / (best - centre), each the mean share of looks over photos.",
            "Ours was fitted to 350 other photos of the same kind (fit_saliency.py).",
            "smartcrop is asked for crops of exactly the window's size; its box is centred on.",
        ],
    )


if __name__ == "__main__":
    tell(gaze(quick=False))
