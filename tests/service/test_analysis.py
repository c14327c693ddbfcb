"""Looking at one picture: once, side by side, and the same again from the memo."""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from service_networks import (
    SCORES,
    Detector,
    Embedder,
    Matting,
    Reader,
    Saliency,
    analyses,
    done,
    forgetting,
    picture,
    soon,
)

from foveate.deadline import Deadline
from foveate.errors import BadOption, ClientDisconnected, WeightsMissing
from foveate.geometry.box import Box, Size
from foveate.imaging.maps import map_from_png
from foveate.imaging.pixel_source import PixelSource
from foveate.service.analyse import Analyser, timings_of
from foveate.service.analysis import waves
from foveate.service.for_gravity import ForGravity
from foveate.service.parts import OFFERED, PARTS
from foveate.service.parts.attributes import ATTRIBUTES
from foveate.service.parts.faces import FACES, faces_to_keep, found_faces
from foveate.service.parts.matte import MATTE
from foveate.service.parts.people import people_size
from foveate.service.parts.redaction import REDACTION, patches_in
from foveate.service.parts.saliency import SALIENCY
from foveate.storage.memory import MemoryCache
from foveate.storage.source import uploaded
from foveate.storage.tiers import TieredCache
from foveate.trace import Trace
from foveate.values import Lifetime

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.service.analysis import Analyses, Analysis


@pytest.fixture
def jpeg(photo: Image) -> bytes:
    data: bytes = photo.jpegsave_buffer(Q=95)
    return data


def look(data: bytes, seeing: Analyses) -> Analysis:
    return seeing.open(PixelSource(picture(data), soon(), Trace()))


def analyse(data: bytes, parts: str, with_: Analyses | None = None, **more: Any) -> dict[str, Any]:
    verb = Analyser(analyses=with_ or analyses(), **more)
    return done(verb.prepare(picture(data), parts.split(","))).to_json()


def test_every_part_is_a_key_of_the_answer(jpeg: bytes) -> None:
    known = analyse(jpeg, ",".join(OFFERED))
    assert set(known) == {"width", "height", "timings_ms", *OFFERED}
    assert (known["width"], known["height"]) == (320, 240)
    assert {"decode", *OFFERED} == set(known["timings_ms"])


def test_the_time_of_a_part_has_what_was_spent_on_what_only_it_asks_for() -> None:
    trace = Trace()
    for name, seconds in (("decode", 0.004), ("text-lines", 0.05), ("text", 0.002)):
        with trace.waiting(name) as span:
            pass
        span.wall_s = seconds
    assert timings_of(trace) == {"decode": 4.0, "text": 52.0}


def test_maps_are_grey_pictures_over_the_whole_source(jpeg: bytes) -> None:
    known = analyse(jpeg, "saliency,matte", analyses(Detector(None)))
    saliency = map_from_png(base64.b64decode(known["saliency"]["png"]))
    assert saliency.shape == (24, 32) == (known["saliency"]["height"], known["saliency"]["width"])
    x, y = known["saliency"]["point"]
    assert 20 / 320 < x < 50 / 320  # the red mark
    assert 20 / 240 < y < 40 / 240
    matte = map_from_png(base64.b64decode(known["matte"]["png"]))
    assert matte[18, 46] == 1  # the middle of the head
    assert matte[40, 5] == 0
    assert known["matte"]["coverage"] == pytest.approx(matte.mean(), abs=0.002)


def test_a_face_draws_the_eye(jpeg: bytes) -> None:
    with_face, without = (
        map_from_png(base64.b64decode(analyse(jpeg, "saliency", seen)["saliency"]["png"]))
        for seen in (analyses(), analyses(Detector(None)))
    )
    head, mark = (9, 23), (3, 3)
    assert with_face[head] / with_face[mark] > 1.1 * without[head] / without[mark]


def test_what_is_said_of_faces_comes_with_the_faces(jpeg: bytes) -> None:
    known = analyse(jpeg, "attributes")
    assert len(known["faces"]) == len(known["attributes"]) == 1
    read = known["attributes"][0]
    assert read["age"]["years"] == 35
    assert read["age"]["range"] == [25, 46]
    assert read["gender"] == {"label": "female", "probabilities": {"female": 0.7, "male": 0.3}}
    assert "emotion" not in read
    assert read["pose"] == {"yaw": -3.0, "pitch": 4.0, "roll": 5.0}


def test_what_is_switched_off_is_named_only_where_it_was_asked_for(jpeg: bytes) -> None:
    off = ("age", "race")
    assert analyse(jpeg, "attributes", switched_off=off)["switched_off"] == ["age", "race"]
    assert "switched_off" not in analyse(jpeg, "faces", switched_off=off)


def test_embeddings_are_unit_vectors_of_the_faces_pixels(jpeg: bytes) -> None:
    (vector,) = analyse(jpeg, "embedding")["embedding"]
    assert len(vector) == 512
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-4)
    assert vector[0] > vector[2] > 0  # skin is redder than blue


def test_no_face_is_no_error(jpeg: bytes) -> None:
    known = analyse(jpeg, ",".join(OFFERED), analyses(Detector(None)))
    assert known["faces"] == known["attributes"] == known["embedding"] == []


def test_a_second_look_runs_no_network_and_says_the_same(jpeg: bytes) -> None:
    detector, saliency, reader = Detector(), Saliency(), Reader()
    same = analyses(detector, saliency=saliency, attributes=reader)
    first = analyse(jpeg, ",".join(OFFERED), same)
    second = analyse(jpeg, ",".join(OFFERED), same)
    assert {part: first[part] for part in OFFERED} == {part: second[part] for part in OFFERED}
    assert (detector.calls, saliency.calls, len(reader.shapes)) == (1, 1, 1)
    assert second["timings_ms"] == {}


def test_what_was_seen_already_is_a_hit(jpeg: bytes) -> None:
    same = analyses()
    for outcome in ("miss", "hit"):
        looking = look(jpeg, same)
        looking.get(FACES)
        assert looking.pixels.trace.lookups == (("analyses", outcome),)


def test_nothing_is_remembered_of_a_private_picture(jpeg: bytes) -> None:
    detector = Detector()
    same = analyses(detector)
    private = replace(picture(jpeg), lifetime=Lifetime(private=True))
    for _ in range(2):
        same.open(PixelSource(private, soon(), Trace())).get(FACES)
    assert detector.calls == 2


def test_the_first_crop_sees_what_the_second_one_will_see(jpeg: bytes) -> None:
    same = analyses()
    fresh, kept = (look(jpeg, same).get(SALIENCY) for _ in range(2))
    np.testing.assert_array_equal(fresh, kept)


def test_parts_are_looked_for_side_by_side(jpeg: bytes) -> None:
    both = threading.Barrier(2, timeout=10)

    class Waiting(Saliency):
        def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
            both.wait()
            return super().__call__(rgb)

    class Slow(Detector):
        def __call__(self, rgb: NDArray[np.uint8]) -> Any:
            both.wait()
            return super().__call__(rgb)

    assert set(analyse(jpeg, "faces,saliency", analyses(Slow(), saliency=Waiting()))) > {"saliency"}


def test_nothing_is_looked_for_once_the_first_look_failed(jpeg: bytes) -> None:
    ended: list[str] = []
    started = threading.Event()

    class Slow(Detector):
        def __call__(self, rgb: NDArray[np.uint8]) -> Any:
            started.set()
            time.sleep(0.1)
            ended.append("faces")
            return super().__call__(rgb)

    class Failing(Saliency):
        def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:  # noqa: ARG002
            started.wait(10)
            raise WeightsMissing("gaze")

    with pytest.raises(WeightsMissing):
        analyse(jpeg, "faces,saliency", analyses(Slow(), saliency=Failing()))
    assert ended == ["faces"]  # an answer that is out leaves nothing running behind it


def test_nobody_looks_for_a_client_that_left_in_the_meantime(jpeg: bytes) -> None:
    gone = threading.Event()
    detector = Detector()
    deadline = Deadline(time.monotonic() + 20, gone)
    pixels = PixelSource(picture(jpeg), deadline, Trace())
    analysis = analyses(detector).open(pixels)
    gone.set()
    for part in (FACES, REDACTION):
        with pytest.raises(ClientDisconnected):
            analysis.get(part)
    with pytest.raises(ClientDisconnected):
        patches_in(analysis, pixels.pixels(1.0))
    assert detector.calls == 0


class Counting(PixelSource):
    """Counts how often it is decoded."""

    opened = 0

    def _open(self, *args: Any, **more: Any) -> Image:
        self.opened += 1
        return super()._open(*args, **more)


def test_all_parts_decode_once(photo: Image) -> None:
    source, seeing = picture(photo.resize(10).jpegsave_buffer()), analyses()
    scale = seeing.scale_for(source.facts.size, OFFERED.values())
    pixels = Counting(source, soon(), Trace(), scale=scale)
    seeing.open(pixels).see(OFFERED.values())
    assert pixels.opened == 1


def test_a_missing_network_is_named_and_the_other_parts_still_work(jpeg: bytes) -> None:
    class Missing(Embedder):
        def __call__(self, rgb: Any, faces: Any) -> NDArray[np.float32]:  # noqa: ARG002
            raise WeightsMissing("mobilefacenet")

    without = analyses(embedding=Missing())
    with pytest.raises(WeightsMissing, match="foveate models pull mobilefacenet"):
        analyse(jpeg, "embedding,attributes", without)
    assert len(analyse(jpeg, "faces,attributes", without)["attributes"]) == 1


def test_each_use_of_faces_has_its_own_score(jpeg: bytes) -> None:
    scores = {"score": 0.5, "gravity_score": 0.7, "redact_score": 0.3}
    # The finer look sees the head as well, so two patches hide it.
    for score, expected in (
        (0.75, (1, 1, 2)),
        (0.6, (1, 0, 2)),
        (0.4, (0, 0, 2)),
        (0.2, (0, 0, 0)),
    ):
        detector = Detector(Box(200, 50, 30, 30), score=score)
        analysis = look(jpeg, analyses(detector, scores=scores))
        seen = (found_faces(analysis), faces_to_keep(analysis), analysis.get(REDACTION))
        assert tuple(map(len, seen)) == expected


def test_the_matte_is_known_to_gravity_only_when_this_request_made_it(jpeg: bytes) -> None:
    same = analyses()
    look(jpeg, same).get(MATTE)
    analysis = look(jpeg, same)
    assert ForGravity(analysis).known_matte() is None
    analysis.get(MATTE)
    assert ForGravity(analysis).known_matte() is not None


def test_libvips_guesses_lie_inside_the_part(jpeg: bytes) -> None:
    seen, part = ForGravity(look(jpeg, analyses())), Box(0, 0, 160, 120)
    point = seen.attention(part)
    assert 0 <= point.x <= 0.5
    assert 0 <= point.y <= 0.5
    window = seen.entropy(part, Size(80, 60))
    assert part.contains(window, slack=1)
    assert (window.width, window.height) == (80, 60)


def test_an_unknown_part_is_answered_with_the_known_ones(jpeg: bytes) -> None:
    match = "embedding, colours, objects, tags, features, text, moderation, got hats"
    with pytest.raises(BadOption, match=match):
        analyse(jpeg, "faces,hats")


def test_faces_are_read_from_up_to_2048_pixels() -> None:
    assert people_size(Size(12_000, 10)) == Size(2048, 2)
    assert people_size(Size(1, 1)) == Size(1, 1)


def test_a_picture_of_one_pixel_has_all_parts(photo: Image) -> None:
    known = analyse(
        photo.crop(0, 0, 1, 1).pngsave_buffer(), ",".join(OFFERED), analyses(Detector(None))
    )
    assert known["saliency"]["width"] == 32


def test_a_small_memo_only_costs_time(jpeg: bytes) -> None:
    forgetful = analyses(memo=forgetting(1))
    assert analyse(jpeg, "faces", forgetful)["faces"] == analyse(jpeg, "faces")["faces"]


@pytest.mark.parametrize(("upload", "kept"), [(False, {"faces", "saliency"}), (True, set())])
def test_of_uploads_and_of_embeddings_no_disk_knows_anything(
    jpeg: bytes, upload: bool, kept: set[str]
) -> None:
    detector = Detector()
    memory, disk = (MemoryCache(1_000_000) for _ in range(2))
    seeing = analyses(detector, memo=TieredCache(memory, disk))
    given = uploaded(picture(jpeg)) if upload else picture(jpeg)
    for _ in range(2):
        known = seeing.open(PixelSource(given, soon(), Trace()))
        known.see([PARTS[name] for name in ("faces", "saliency", "embedding")])
    keys = {name: seeing.key(given.digest, PARTS[name], {}) for name in PARTS if name != "matte"}
    assert {name for name, key in keys.items() if disk.holds(key)} == kept
    assert {name for name, key in keys.items() if memory.holds(key)} == {
        *("faces", "saliency", "embedding"),
    }
    assert detector.calls == 1


def test_attributes_belong_to_the_faces_that_count_now(jpeg: bytes) -> None:
    memo = forgetting(1_000_000)
    for score, count in ((0.99, 0), (0.5, 1)):
        known = analyse(
            jpeg, "attributes,embedding", analyses(memo=memo, scores={**SCORES, "score": score})
        )
        assert len(known["faces"]) == len(known["attributes"]) == len(known["embedding"]) == count


def test_parts_wait_only_for_those_they_need() -> None:
    first, second = waves(OFFERED.values())
    assert {part.name for part in second} == {"attributes", "embedding", "text"}
    assert FACES in first
    assert waves([SALIENCY]) == [[FACES, SALIENCY]]
    assert waves([ATTRIBUTES]) == [[FACES], [ATTRIBUTES]]


def test_a_part_is_named_by_its_own_networks_and_settings_alone() -> None:
    before = analyses()
    other_detector, other_level = Detector(), Matting(None)
    other_detector.name, other_level.name = "finer", "softer"

    def changed(after: Analyses) -> set[str]:
        return {
            name
            for name, part in PARTS.items()
            if after.fingerprint(part) != before.fingerprint(part)
        }

    assert changed(analyses()) == set()
    of_faces = {"faces", "attributes", "embedding", "redaction"}
    assert changed(analyses(other_detector)) == of_faces
    assert changed(analyses(**{"matte-balanced": other_level})) == {"matte"}
    assert changed(analyses(**{"matte-accurate": other_level})) == set()
    assert changed(analyses(scores={**SCORES, "redact_score": 0.1})) == {"redaction"}
    assert changed(analyses(scores={**SCORES, "gravity_score": 0.1})) == set()
