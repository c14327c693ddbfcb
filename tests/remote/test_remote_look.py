"""Looking at thumbnails elsewhere, else here, and a crop by less where neither can be had."""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from rpc_servers import HOST, app_of, serving
from service_networks import Detector, analyses, picture

from foveate import trace
from foveate.deadline import Deadline
from foveate.errors import BadBody, ClientDisconnected, ModelError, QueueFull, StageAway, TimedOut
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.pixels import to_array
from foveate.options.grammar import parse_options
from foveate.remote.caller import Caller
from foveate.remote.look import FacesAfar, LooksAfar, part_of, there_or_here
from foveate.service.parts.faces import FACES
from foveate.service.parts.saliency import SALIENCY
from foveate.service.render import Renderer
from foveate.service.stages.look import FindFaces, FindLooks, Looker, Thumbnail, looker_of
from foveate.service.stages.running import InThreads
from foveate.service.without_looks import GLANCE_S
from foveate.settings import Encoding, Limits, Rpc, Settings, Stages
from foveate.trace import LOOK_LOCAL, Trace
from foveate.values import Face

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.rendition import Rendition

FACE = Face(Box(1 / 3, 2.0, 3.0, 4.0), 0.9, ((1.0, 2.0),) * 5)
FACE_CROP = "width=60,height=200,fit=cover,gravity=face,format=png"
AUTO_CROP = "width=60,height=200,fit=cover,gravity=auto,format=png"


class Away:
    """A network whose stage is away, and whose weights are not here."""

    name = "away"

    def input_size(self, size: Size) -> Size:
        return size

    def __call__(self, _: np.ndarray) -> Any:
        raise StageAway


@pytest.fixture
def png(photo: Image) -> bytes:
    data: bytes = photo.pngsave_buffer()
    return data


def soon(seconds: float = 20) -> Deadline:
    return Deadline(time.monotonic() + seconds, threading.Event())


def rendered(
    data: bytes, options: str, deadline: Deadline | None = None, **networks: Any
) -> tuple[Rendition, Trace]:
    seeing = analyses(**networks)
    renderer = Renderer(analyses=seeing, limits=Limits(), encoding=Encoding())
    seen, written = picture(data), Trace()
    made = renderer(
        seen, parse_options(options).options, deadline=deadline or soon(), trace=written
    )
    return made, written


def test_where_nobody_looks_a_crop_goes_by_what_stands_out_and_says_so(png: bytes) -> None:
    made, written = rendered(png, FACE_CROP, detector=Away())
    assert made.headers["Foveate-Gravity"] == "attention; look=away"
    assert made.provisional
    assert written.fallbacks == ("look-attention",)
    classic, _ = rendered(png, FACE_CROP.replace("face", "attention"))
    assert made.data == classic.data


def test_with_no_time_left_to_look_it_is_the_centre(png: bytes) -> None:
    near = Patient(time.monotonic() + GLANCE_S / 2)
    made, written = rendered(png, FACE_CROP, near, detector=Away())
    assert made.headers["Foveate-Gravity"] == "center; look=away"
    assert (made.provisional, written.fallbacks) == (True, ("look-centre",))
    centred, _ = rendered(png, FACE_CROP.replace("face", "center"))
    assert made.data == centred.data


class Patient(Deadline):
    """One that is near, and ends nothing: the machine may be slow."""

    def __call__(self) -> bool:
        return False


def test_where_only_saliency_is_away_faces_still_count(png: bytes) -> None:
    made, written = rendered(png, FACE_CROP, saliency=Away())
    assert (made.headers["Foveate-Gravity"], made.provisional) == ("face", False)
    assert not written.fallbacks
    made, _ = rendered(png, AUTO_CROP, saliency=Away())
    assert made.headers["Foveate-Gravity"] == "attention; look=away"
    made, _ = rendered(png, FACE_CROP, detector=Detector(box=None), saliency=Away())
    assert made.headers["Foveate-Gravity"] == "attention; look=away"


def test_a_crop_in_json_says_it_as_well(png: bytes) -> None:
    made, _ = rendered(png, f"{FACE_CROP},format=json,explain=true", detector=Away())
    assert b'"gravity":"attention"' in made.data
    assert made.provisional


@pytest.mark.parametrize("options", ["redact=faces", f"{FACE_CROP},redact=faces"])
def test_faces_that_nobody_looks_for_are_not_shown_instead_of_hidden(
    png: bytes, options: str
) -> None:
    with pytest.raises(StageAway):
        rendered(png, options, detector=Away())


def test_what_needs_nobody_to_look_is_as_always(png: bytes) -> None:
    made, written = rendered(png, "width=50", detector=Away(), saliency=Away())
    assert (made.provisional, written.fallbacks, dict(made.headers)) == (False, (), {})


def afar(target: str) -> Caller:
    return Caller("look", target, Stages(), Rpc())


class Local:
    """A network here, that counts how often it looks."""

    score, doubts, name = 0.4, 3, "local"

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails, self.calls = fails, 0

    def input_size(self, size: Size) -> Size:
        return size

    def __call__(self, _: np.ndarray) -> Any:
        self.calls += 1
        if self.fails:
            raise self.fails
        return (FACE,)


class Noting:
    """A stage that notes what it was handed."""

    name = "noting"

    def __init__(self, say: Any) -> None:
        self.say, self.seen = say, list[Any]()

    def batch_sizes(self) -> Any:
        raise AssertionError("nobody joins these")

    def __call__(self, item: Any) -> Any:
        return self.batch([item])[0]

    def batch(self, items: Any) -> list[Any]:
        self.seen.extend(items)
        return [self.say] * len(items)


def test_thumbnails_go_there_and_what_is_seen_comes_back_as_it_was(tmp_path: Path) -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (48, 64, 3), np.uint8)
    maps = np.random.default_rng(2).random((3, 12, 20)).astype(np.float32)
    faces, looks, here = Noting((FACE,)), Noting(maps), Local()
    with ThreadPoolExecutor(2) as pool:
        run = partial(InThreads, pool=pool, most=1)
        with serving(tmp_path, looker=Looker(run(faces), run(looks))) as served:
            caller = afar(served.target)
            assert FacesAfar(here, caller)(rgb) == (FACE,)  # type: ignore[arg-type]
            assert np.array_equal(LooksAfar(here, caller)(rgb), maps)  # type: ignore[arg-type]
            caller.close()
    (thumbnail,), (seen,) = faces.seen, looks.seen
    assert (thumbnail.score, thumbnail.doubts) == (0.4, 3)
    assert np.array_equal(thumbnail.rgb, rgb)
    assert np.array_equal(seen, rgb)
    assert here.calls == 0


def test_a_network_elsewhere_is_the_same_as_here_for_what_was_kept(tmp_path: Path) -> None:
    here = app_of(tmp_path)
    there = app_of(tmp_path, Settings(stages=Stages(look=f"{HOST}:1")))
    assert isinstance(there.analyses.networks.of(FACES.networks[0]), FacesAfar)
    for part in (FACES, SALIENCY):
        assert there.analyses.fingerprint(part) == here.analyses.fingerprint(part)


def test_where_the_stage_is_away_the_network_here_looks_and_the_trace_knows() -> None:
    here, written = Local(), Trace()
    with written.entered():
        assert FacesAfar(here, afar(f"{HOST}:1"))(np.zeros((4, 4, 3), np.uint8)) == (FACE,)  # type: ignore[arg-type]
    assert written.fallbacks == (LOOK_LOCAL,)
    assert trace.current().fallbacks == ()


def test_a_request_says_once_that_it_looked_here(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "foveate.remote.look")
    looks = FacesAfar(Local(), afar(f"{HOST}:1"))  # type: ignore[arg-type]
    with Trace().entered():
        for _ in range(3):
            looks(np.zeros((4, 4, 3), np.uint8))
    assert len([row for row in caplog.records if row.name == "foveate.remote.look"]) == 1


def test_without_weights_here_the_missing_part_is_named() -> None:
    here, written = Local(ModelError("no weights")), Trace()
    with written.entered(), pytest.raises(StageAway) as why:
        FacesAfar(here, afar(f"{HOST}:1"))(np.zeros((4, 4, 3), np.uint8))  # type: ignore[arg-type]
    assert why.value.public == "The stage look is away. Try again in a moment."
    assert not written.fallbacks


@pytest.mark.parametrize("why", [QueueFull(), TimedOut(), ModelError(), StageAway(), BadBody()])
def test_a_stage_that_cannot_look_now_is_as_good_as_away(why: Exception) -> None:
    def there(_: Deadline) -> str:
        raise why

    assert there_or_here(afar(f"{HOST}:1"), there, lambda: "here") == "here"


def test_for_whoever_has_left_nobody_looks_here() -> None:
    left = soon()

    def there(_: Deadline) -> str:
        assert left.cancelled
        left.cancelled.set()
        raise TimedOut

    with pytest.raises(ClientDisconnected), left:
        there_or_here(afar(f"{HOST}:1"), there, lambda: "here")


def test_time_is_left_for_the_next_best_thing() -> None:
    deadline = soon(10)
    assert part_of(deadline).until - time.monotonic() == pytest.approx(4, abs=0.5)
    assert part_of(deadline).cancelled is deadline.cancelled


@pytest.mark.models
def test_a_stage_sees_what_a_network_here_sees(portrait: str, tmp_path: Path) -> None:
    app = app_of(tmp_path)
    networks = app.analyses.networks
    whole = Image.new_from_file(portrait)
    for part, find in ((FACES, FindFaces), (SALIENCY, FindLooks)):
        network = networks.of(part.networks[0])
        size = network.input_size(Size(whole.width, whole.height))
        rgb = to_array(whole.thumbnail_image(size.width, height=size.height, size="force"))
        card = "retinaface" if part is FACES else "gaze"
        item: Any = rgb
        if part is FACES:
            item = Thumbnail(rgb=rgb, score=network.score, doubts=network.doubts)
        said = find(networks.session(card))(item)
        seen = network(rgb)
        assert np.array_equal(said, seen) if part is SALIENCY else said == seen
    assert isinstance(looker_of(networks.session, app.analyses.pool), Looker)
