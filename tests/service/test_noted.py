"""What the trace is told beside times, and under whose name threads work."""

from __future__ import annotations

import threading
import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from service_networks import Detector, Saliency, analyses, picture, soon

from foveate.imaging.pixel_source import PixelSource
from foveate.options.grammar import parse_options
from foveate.service.crops import Cropper
from foveate.service.parts.faces import FACES
from foveate.service.parts.saliency import SALIENCY
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits
from foveate.trace import Span, Trace

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.values import Face

ASKER: ContextVar[str] = ContextVar("asker", default="nobody")


@pytest.mark.parametrize(
    ("gravity", "faces", "noted"),
    [("face", False, ("gravity",)), ("face", True, ()), ("auto", False, ())],
)
def test_a_crop_without_the_faces_it_was_to_keep_is_noted(
    gravity: str, faces: bool, noted: tuple[str, ...], photo: Image
) -> None:
    seen = analyses(Detector() if faces else Detector(None))
    renderer = Renderer(analyses=seen, limits=Limits(), encoding=Encoding())
    options = parse_options(f"width=60,height=120,fit=cover,gravity={gravity}").options
    trace = Trace()
    renderer(picture(photo.pngsave_buffer()), options, deadline=soon(), trace=trace)
    assert trace.fallbacks == noted


def test_many_crops_of_a_picture_without_faces_are_one_note(photo: Image) -> None:
    seen = analyses(Detector(None))
    renderer = Renderer(analyses=seen, limits=Limits(), encoding=Encoding())
    cropper = Cropper(analyses=seen, limits=Limits(), renderer=renderer)
    work = cropper.prepare_pictures(picture(photo.pngsave_buffer()), ["1:1", "9:16", "2:1"])
    trace = Trace()
    assert len(work.run(soon(), trace)) == 3
    assert trace.fallbacks == ("gravity",)


@dataclass
class Askers:
    """Notes who asks, and in which thread."""

    seen: dict[str, tuple[str, int]] = field(default_factory=dict)

    def __call__(self, what: str) -> None:
        self.seen[what] = (ASKER.get(), threading.get_ident())


class NotingDetector(Detector):
    def __init__(self, askers: Askers) -> None:
        super().__init__()
        self.askers = askers

    def __call__(self, rgb: NDArray[np.uint8]) -> tuple[Face, ...]:
        self.askers("faces")
        return super().__call__(rgb)


class NotingSaliency(Saliency):
    def __init__(self, askers: Askers) -> None:
        super().__init__()
        self.askers = askers

    def __call__(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.askers("saliency")
        return super().__call__(rgb)


def test_parts_that_are_seen_side_by_side_know_for_whom(photo: Image) -> None:
    askers = Askers()
    seeing = analyses(NotingDetector(askers), saliency=NotingSaliency(askers))
    analysis = seeing.open(PixelSource(picture(photo.pngsave_buffer()), soon(), Trace()))
    token = ASKER.set("this request")
    try:
        analysis.see([FACES, SALIENCY])
    finally:
        ASKER.reset(token)
    assert {who for who, _ in askers.seen.values()} == {"this request"}
    assert len({thread for _, thread in askers.seen.values()}) == 2


def test_a_span_says_when_it_began() -> None:
    trace, before = Trace(), time.perf_counter()
    with trace.span("first"), trace.waiting("second"):
        pass
    first, second = trace.spans
    assert before <= first.started_s <= second.started_s <= time.perf_counter()
    assert second.started_s + second.wall_s <= first.started_s + first.wall_s


def test_spans_of_one_name_are_told_together() -> None:
    trace = Trace()
    for name, cpu_s, size in (("fetch", 1.0, 3), ("render", 0.0, 0), ("fetch", 0.5, 4)):
        with trace.waiting(name) as span:
            span.bytes = size
        span.wall_s, span.cpu_s = 2.0, cpu_s
    began = trace.spans[0].started_s
    fetch, render = trace.totals()
    assert fetch == Span("fetch", wall_s=4.0, cpu_s=1.5, bytes=7, started_s=began)
    assert (render.name, render.wall_s) == ("render", 2.0)
    assert trace.total_ms() == {"fetch": 4000.0, "render": 2000.0}
    assert [span.bytes for span in trace.spans] == [3, 0, 4]
