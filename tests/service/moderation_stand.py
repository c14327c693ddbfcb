"""Renditions that are moderated by a network to which red is what must not be shown."""

from __future__ import annotations

from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
from PIL import Image as PilImage
from service_networks import analyses, picture, soon

from foveate.options.grammar import parse_options
from foveate.service.networks import Networks
from foveate.service.render import Renderer
from foveate.settings import Encoding, Limits, Moderation, Settings
from foveate.values import Opinion
from foveate.vision.moderation import OpenNsfw

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from foveate.options.model import TransformOptions
    from foveate.rendition import Rendition
    from foveate.trace import Trace

RED, GREEN, BLUE = (220, 20, 20), (30, 200, 40), (40, 50, 220)


class Reds:
    """A Session that takes the share of red pixels for nudity."""

    provider = "fake"
    shapes = ()

    def __init__(self) -> None:
        self.runs = 0

    def run(self, inputs: Mapping[str, NDArray[Any]]) -> Sequence[NDArray[np.float32]]:
        self.runs += 1
        blue, green, red = (inputs["input:0"] + np.float32((104, 117, 123))).transpose(3, 0, 1, 2)
        share = float(((red > 150) & (green < 90) & (blue < 90)).mean())
        return [np.array([[1 - share, share]], np.float32)]


@dataclass
class Service:
    """An OpinionService that says what the test says, and keeps what it was sent.

    Of several opinions it says one after the other, and the last again and again.
    """

    said: Opinion | Exception | Sequence[Opinion]
    name: str = "opinion-fake"

    def __post_init__(self) -> None:
        self.sent: list[bytes] = []

    def __call__(self, jpeg: bytes) -> Opinion:
        self.sent.append(jpeg)
        if isinstance(self.said, Exception):
            raise self.said
        if isinstance(self.said, Opinion):
            return self.said
        return self.said[min(len(self.sent), len(self.said)) - 1]


def renderer(
    session: Callable[[], Reds] | None = None,
    service: Service | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
    **moderation: Any,
) -> Renderer:
    """Return what renders under these settings of moderation."""
    reds = Reds()
    made: dict[str, Any] = {"opennsfw": OpenNsfw(session or (lambda: reds))}  # type: ignore[arg-type]
    if service:
        made["moderation-service"] = service
    seeing = analyses(**made)
    settings = Settings(
        moderation=Moderation(**moderation), faces=seeing.networks.settings.faces, limits=limits
    )
    made |= seeing.networks._made  # noqa: SLF001 - the same networks under other settings
    networks = Networks(settings, _none, ready=seeing.networks.ready, made=made)
    return Renderer(
        analyses=replace(seeing, networks=networks), limits=Limits(), encoding=Encoding()
    )


def _none(card: str) -> Callable[[], Any]:
    def load() -> Any:
        raise AssertionError(f"nobody was to load {card}")

    return load


def render(
    data: bytes,
    asked: str | TransformOptions,
    with_: Renderer | None = None,
    trace: Trace | None = None,
    **others: bytes,
) -> Rendition:
    options = parse_options(asked).options if isinstance(asked, str) else asked
    more = {key: picture(other) for key, other in others.items()}
    return (with_ or renderer())(picture(data), options, deadline=soon(), trace=trace, others=more)


def png(pixels: NDArray[np.uint8]) -> bytes:
    out = BytesIO()
    PilImage.fromarray(pixels).save(out, "PNG")
    return out.getvalue()


def plain(colour: tuple[int, int, int], width: int = 96, height: int = 64) -> bytes:
    return png(np.full((height, width, 3), colour, np.uint8))


def stripes(width: int = 96, height: int = 64) -> NDArray[np.uint8]:
    """Return a picture that is flagged, and whose red is full of fine detail."""
    pixels = np.full((height, width, 3), (160, 10, 10), np.uint8)
    pixels[::2] = (250, 60, 60)
    return pixels


def frames(*colours: tuple[int, int, int], size: int = 40) -> bytes:
    out = BytesIO()
    first, *more = [PilImage.new("RGB", (size, size), colour) for colour in colours]
    first.save(out, "GIF", save_all=True, append_images=more, duration=50)
    return out.getvalue()


def pixels_of(made: Rendition) -> NDArray[np.int16]:
    opened = PilImage.open(BytesIO(made.data)).convert("RGB")
    return np.asarray(opened).astype(np.int16)
