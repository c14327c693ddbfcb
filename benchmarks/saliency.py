"""What `gravity=auto` keeps of where people look, the peers beside it, and the faces it cuts.

    python benchmarks/saliency.py [--quick]

prints what `run.py --only gaze` measures.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

import numpy as np
import osie
import peers
from fit_saliency import analysis_of, look_at, validate
from results import DATA, Check, Outcome, Table, without_data
from rounds import in_places
from servers import serving

from foveate.app import create
from foveate.geometry.box import Box, Size
from foveate.geometry.crop import cuts, largest
from foveate.geometry.orientation import Orientation
from foveate.geometry.windows import SummedMap, best_window
from foveate.gravity.choose import gravity_for
from foveate.options.model import Gravity, GravityKind, TransformOptions
from foveate.service.for_gravity import ForGravity
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from rounds import Places
    from servers import Server

    from foveate.app import App
    from foveate.geometry.fit import Window

    Shares = Mapping[str, list[tuple[float, float, float]]]

NAME, TITLE = "gaze", "Crops that keep what people look at"
TARGETS: Final = {"9:16": 0.38, "3:4": 0.27}
OURS: Final = "Foveate, on photos it was not fitted to"
KINDS: Final = {
    "Foveate, as installed (fitted to these photos)": GravityKind.AUTO,
    "libvips attention": GravityKind.ATTENTION,
    "libvips entropy": GravityKind.ENTROPY,
    "centre": GravityKind.CENTRE,
}
ASPECTS: Final = ("1:1", "9:16", "16:9", "3:4", "4:3", "2:1", "1:2")
GROUPS: Final = {
    "face_boxes_dlib": "face_boxes_dlib/*.jpg",
    "bbt_faces, groups": "bbt_faces/groups/*",
    "bbt_faces, portraits": "bbt_faces/images/*/*",
    "osie": "osie/images/*",
}
QUICK: Final = 10


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


@dataclass(slots=True)
class Cuts:
    """Faces in crops of one set of photos."""

    faces: int = 0
    cut: int = 0
    avoidable: int = 0
    """Of those that were cut, in crops that could have been elsewhere without a cut."""
    too_large: int = 0
    """Of those, larger than the window: they are shown in part rather than avoided."""

    def row(self) -> tuple[str, ...]:
        """Return it as text."""
        return tuple(map(str, (self.faces, self.cut, self.avoidable, self.too_large)))


def free_place(size: Size, window: Window, faces: Sequence[Box]) -> bool:
    """Return whether the window has a place where no edge of it goes through a face."""
    flat = SummedMap.of(np.ones((1, 1)), size)
    box = best_window(flat, Box.of(size), window, [faces])
    return not any(cuts(box, face) for face in faces)


def count_cuts(into: Cuts, size: Size, faces: Sequence[Box], crop: Callable[[Window], Box]) -> None:
    """Add what crops of all aspect ratios do to the faces of one photo."""
    for aspect in ASPECTS:
        width, height = map(int, aspect.split(":"))
        window = largest(Box.of(size), width / height)
        cut = [face for face in faces if cuts(crop(window), face)]
        into.faces += len(faces)
        into.cut += len(cut)
        if cut and free_place(size, window, faces):
            large = [f for f in cut if f.width > window.width or f.height > window.height]
            into.avoidable += len(cut)
            into.too_large += len(large)


def marked() -> dict[str, list[Box]]:
    """Return the faces of face_boxes_dlib that people marked, by file."""
    truth = json.loads((DATA / "face_boxes_dlib" / "gt.json").read_text())
    return {
        name: [Box(x0, y0, x1 - x0, y1 - y0) for x0, y0, x1, y1 in (row["box"] for row in rows)]
        for name, rows in truth.items()
    }


def cut_rows(app: App, *, quick: bool) -> dict[str, Cuts]:
    """Return the faces that crops cut, set by set: those that were found, and those marked."""
    counts: dict[str, Cuts] = {}
    truth = marked()
    for name, pattern in GROUPS.items():
        found = counts.setdefault(f"{name}, faces found", Cuts())
        for path in sorted(DATA.glob(pattern))[: QUICK if quick else None]:
            known = ForGravity(analysis_of(path, app))
            crop = by_gravity(GravityKind.AUTO, [known])
            faces = [face.box for face in known.faces()]
            count_cuts(found, known.size, faces, lambda window, crop=crop: crop(0, window))
            if name == "face_boxes_dlib" and path.name in truth:
                there = counts.setdefault(f"{name}, faces marked by people", Cuts())
                count_cuts(
                    there, known.size, truth[path.name], lambda window, crop=crop: crop(0, window)
                )
    return counts


def _gain_table(shares: Mapping[str, Shares], ours: Mapping[str, osie.Gain]) -> Table:
    gains = {OURS: ours}
    gains |= {
        name: {window: osie.gain(rows) for window, rows in kept.items()}
        for name, kept in shares.items()
    }
    rows = [
        (name, *(str(found[window]) for window in osie.WINDOWS)) for name, found in gains.items()
    ]
    title = "Gain over the centre crop, and its standard error over photos"
    return Table(title, ("crop", *osie.WINDOWS), rows)


def _checks(ours: Mapping[str, osie.Gain], counts: Mapping[str, Cuts]) -> list[Check]:
    checks = [
        Check(
            f"osie, gain at {window}",
            f">= {least:g}",
            str(ours[window]),
            ours[window].value >= least,
        )
        for window, least in TARGETS.items()
    ]
    for name, found in counts.items():
        if name.endswith("found"):
            needless = found.avoidable - found.too_large
            what = f"{name}: cut although a crop without a cut exists"
            checks.append(Check(what, "0", str(needless), needless == 0))
    return checks


def gaze(*, quick: bool) -> Outcome:
    """Return how much crops keep of where people look, ours and the peers', and faces cut."""
    if not osie.FOLDER.exists():
        return without_data(NAME, TITLE)
    peers.pull_weights()
    app, photos = create(load()), osie.photos()
    known = [ForGravity(analysis_of(photo.path, app)) for photo in photos]
    shares = {name: osie.gains(by_gravity(kind, known), photos) for name, kind in KINDS.items()}
    ours = validate(photos, *look_at(photos, matte=False), matte=False)
    counts = cut_rows(app, quick=quick)
    head = ("faces", "in crops", "cut", "avoidable", "of these larger than the window")
    return Outcome(
        NAME,
        TITLE,
        checks=_checks(ours, counts),
        tables=[
            _gain_table({**shares, **by_peers(photos)}, ours),
            Table(
                f"Faces in crops of {', '.join(ASPECTS)}",
                head,
                [(name, *found.row()) for name, found in counts.items()],
            ),
        ],
        notes=[
            "Gain: (kept - centre) / (best - centre), each the mean share of looks over photos.",
            "fit_saliency.py fits on four fifths and crops the rest, in four ways to part them.",
            "smartcrop is asked for crops of exactly the window's size; its box is centred on.",
        ],
    )


def main() -> None:
    outcome = gaze(quick="--quick" in sys.argv)
    for table in outcome.tables:
        print(table.title, *map(" | ".join, [table.header, *table.rows]), sep="\n")
    for check in outcome.checks:
        print("met    " if check.met else "NOT MET", check.what, check.got, f"({check.target})")


if __name__ == "__main__":
    main()
