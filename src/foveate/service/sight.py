"""What is known of one source: computed on first use, kept by the digest of its bytes."""

from __future__ import annotations

import hashlib
import json
import threading
import time
from concurrent.futures import wait
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from foveate.geometry.box import Box, Point, Size
from foveate.imaging.maps import map_from_png, map_png
from foveate.service.forms import attributes_to_json, face_from_json, face_to_json
from foveate.service.picture import Picture
from foveate.transform.veil import Veil, veils_over

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from concurrent.futures import Executor

    from numpy.typing import NDArray

    from foveate.imaging import Image
    from foveate.options.model import MatteLevel
    from foveate.ports import (
        Cache,
        Face,
        FaceDetector,
        FaceEmbedder,
        FaceReader,
        Matting,
        SaliencyNetwork,
    )

STRIPES: Final = 64
LOOKS: Final = (
    *("faces", "saliency", "matte", "attributes", "embedding"),
    *("veils", "attention", "entropy"),
)
"""All that is ever computed of a picture; each is guarded by itself, so they run side by side."""
PEOPLE_SIDE: Final = 2048
"""Long side at which faces are read; a face that the detector just finds has 80 pixels there."""
CLOSER_TALLEST: Final = 0.15
"""Of the finer look only faces up to this share of the long side count: it sees false giants."""


class Codec(NamedTuple):
    """How a part lies in the memo."""

    dump: Callable[[Any], bytes]
    load: Callable[[bytes], Any]


def _npy(array: NDArray[np.generic]) -> bytes:
    buffer = BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


JSON: Final = Codec(lambda value: json.dumps(value).encode(), json.loads)
MAP: Final = Codec(map_png, map_from_png)
ARRAY: Final = Codec(_npy, lambda data: np.load(BytesIO(data), allow_pickle=False))


def stripe_of(digest: str, part: str) -> int:
    """Return which lock guards a part of a picture; no two parts of one picture share theirs."""
    return (int(digest[:8], 16) + LOOKS.index(part)) % STRIPES


def digest(data: bytes) -> str:
    """Return what names these bytes: by the hash that processors have instructions for."""
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """The networks, and what they saw before."""

    detector: FaceDetector
    closer: FaceDetector
    """The same with a finer look, for small faces that must be hidden."""
    saliency: SaliencyNetwork
    matting: Callable[[MatteLevel | None], Matting]
    """The network of a level; None is the best that is here, up to balanced."""
    reader: FaceReader
    embedder: FaceEmbedder
    memo: Cache
    identity: str = ""
    """Of all weights together: what other weights saw is not theirs."""
    pool: Executor
    """Where the networks of one picture run side by side."""
    face_score: float = 0.5
    gravity_score: float = 0.5
    redact_score: float = 0.5
    locks: tuple[threading.Lock, ...] = field(
        default_factory=lambda: tuple(threading.Lock() for _ in range(STRIPES))
    )
    """Two sizes of one photo asked for at once are looked at once."""


class Sight:
    """ports.Analysis of one picture. Several parts may be asked for at once, by threads."""

    def __init__(self, picture: Picture, eyes: Eyes, level: MatteLevel | None = None) -> None:
        self._picture = picture
        self._eyes = eyes
        self._level = level
        self._known: dict[str, Any] = {}
        self._digest = ""
        self.timings_ms: dict[str, float] = {}

    @property
    def size(self) -> Size:
        """Return the size of the upright source."""
        return self._picture.facts.size

    def see(self, parts: Collection[str]) -> None:
        """Compute these parts now, side by side where nothing has to wait for something else."""
        wanted = set(parts) | ({"faces"} if WITH_FACES & set(parts) else set())
        for group in (wanted - OF_FACES, wanted & OF_FACES):
            self._side_by_side([partial(PARTS[part], self) for part in sorted(group)])

    def _side_by_side(self, looks: Sequence[Callable[[], object]]) -> None:
        # The last one is for this thread, so that a single part never waits for another.
        running = [self._eyes.pool.submit(look) for look in looks[:-1]]
        try:
            for look in looks[-1:]:
                look()
        except BaseException:
            for other in running:
                other.cancel()
            raise
        finally:
            # Nothing of a request goes on, and takes memory, after its answer.
            wait(running)
        for other in running:
            other.result()

    def faces(self) -> Sequence[Face]:
        """Return the faces that count for a crop, best score first."""
        return self._faces_from(self._eyes.gravity_score)

    def found_faces(self) -> Sequence[Face]:
        """Return the faces that count as found."""
        return self._faces_from(self._eyes.face_score)

    def veils(self) -> tuple[Veil, ...]:
        """Return what hides every face: rather one too many."""
        eyes = self._eyes
        name = f"{eyes.detector.name},{eyes.closer.name}@{eyes.redact_score}"

        def look() -> list[dict[str, object]]:
            # A picture of its own, so that the colours never depend on the answer's size.
            glance = Picture(
                self._picture.data, self._picture.facts, self._picture.deadline, scale=0.0
            ).glance
            return [veil.to_json() for veil in self._veils_of(glance)]

        rows = self._part("veils", name, JSON, look)
        return tuple(Veil.from_json(row) for row in rows)

    def veils_in(self, frame: Image) -> tuple[Veil, ...]:
        """Return what hides every face in one frame of an animation."""
        return self._veils_of(partial(self._picture.glance_at, frame))

    def _veils_of(self, glance: Callable[[Size], NDArray[np.uint8]]) -> tuple[Veil, ...]:
        """Look twice: small faces show in the finer picture, where large ones mislead."""
        veils: list[Veil] = []
        for detect, tallest in ((self._eyes.closer, CLOSER_TALLEST), (self._eyes.detector, 1.0)):
            self._picture.deadline.check()  # of an animation there are hundreds to look at
            rgb = glance(detect.detector_size(self.size))
            limit = tallest * max(rgb.shape[:2])
            found = [face for face in detect(rgb) if face.score >= self._eyes.redact_score]
            faces = [face for face in found if face.box.height <= limit]
            veils += veils_over(rgb, faces, self.size)
        return tuple(veils)

    def _faces_from(self, score: float) -> list[Face]:
        detector = self._eyes.detector
        rows = self._part("faces", detector.name, JSON, self._look_for_faces)
        return [face_from_json(row) for row in rows if row["score"] >= score]

    def saliency(self) -> NDArray[np.float32]:
        """Return how much each place matters: a map in 0..1 over the whole source."""
        return self._map("saliency", self._eyes.saliency)

    def matte(self) -> NDArray[np.float32]:
        """Return alpha in 0..1 over the whole source, as large as the network makes it."""
        return self._map("matte", self._eyes.matting(self._level))

    def _map(self, part: str, network: SaliencyNetwork | Matting) -> NDArray[np.float32]:
        def look() -> NDArray[np.float32]:
            return network(self._glance(network.input_size(self.size)))

        seen: NDArray[np.float32] = self._part(part, network.name, MAP, look)
        return seen

    def known_matte(self) -> NDArray[np.float32] | None:
        """Return the matte if it was made in this request, and nothing else."""
        made = (value for name, value in self._known.items() if name.startswith("matte/"))
        return next(made, None)

    def attributes(self) -> list[dict[str, Any]]:
        """Return what is guessed of each found face, ready for JSON."""
        faces, reader = self.found_faces(), self._eyes.reader

        def look() -> list[dict[str, object]]:
            rgb, there = self._people(faces)
            return [attributes_to_json(read) for read in reader(rgb, there)]

        name = self._of_faces(reader.name)
        rows: list[dict[str, Any]] = self._part("attributes", name, JSON, look)
        return rows

    def embedding(self) -> NDArray[np.float32]:
        """Return (found faces, 512) unit vectors."""
        faces, embedder = self.found_faces(), self._eyes.embedder

        def look() -> NDArray[np.float32]:
            return embedder(*self._people(faces))

        name = self._of_faces(embedder.name)
        vectors: NDArray[np.float32] = self._part("embedding", name, ARRAY, look)
        return vectors

    def _of_faces(self, network: str) -> str:
        """Return what names answers about found faces: the order and number of these as well."""
        return f"{network}/{self._eyes.detector.name}@{self._eyes.face_score}"

    def attention(self, within: Box) -> Point:
        """Return the place of the whole source where libvips' attention goes in that part."""

        def look() -> list[float]:
            point = self._picture.attention(within)
            return [point.x, point.y]

        x, y = self._part("attention", _named(within), JSON, look)
        return Point(x, y)

    def entropy(self, within: Box, window: Size) -> Box:
        """Return the window of that size in that part that libvips' entropy keeps."""

        def look() -> list[float]:
            box = self._picture.entropy(within, window)
            return [box.left, box.top, box.width, box.height]

        return Box(*self._part("entropy", f"{_named(within)}@{window}", JSON, look))

    def _part(self, part: str, model: str, codec: Codec, look: Callable[[], Any]) -> Any:  # noqa: ANN401 - any value of a codec
        """Return a part: from this request, from the memo, or by looking."""
        name = f"{part}/{model}"
        if name in self._known:
            return self._known[name]
        self._digest = self._digest or digest(self._picture.data)
        key = f"{self._digest}/{self._eyes.identity}/{name}"
        with self._eyes.locks[stripe_of(self._digest, part)]:
            if (kept := self._eyes.memo.get(key)) is not None:
                self._known[name] = codec.load(kept)
                return self._known[name]
            # It may have waited for long, and a network that runs cannot be stopped.
            self._picture.deadline.check()
            started = time.perf_counter()
            seen = codec.dump(look())
            self.timings_ms[part] = (time.perf_counter() - started) * 1000
            self._eyes.memo.put(key, seen)
        # As it will come from the memo next time: the second crop must not differ from the first.
        self._known[name] = codec.load(seen)
        return self._known[name]

    def _glance(self, size: Size) -> NDArray[np.uint8]:
        return self._picture.glance(size)

    def _look_for_faces(self) -> list[dict[str, object]]:
        detect = self._eyes.detector
        rgb = self._glance(detect.detector_size(self.size))
        return [face_to_json(self._grown(face, rgb)) for face in detect(rgb)]

    def _grown(self, face: Face, rgb: NDArray[np.uint8]) -> Face:
        height, width, _ = rgb.shape
        return face.scaled(self.size.width / width, self.size.height / height)

    def _people(self, faces: Sequence[Face]) -> tuple[NDArray[np.uint8], list[Face]]:
        """Return the picture fine enough to read its faces, and where they are in it."""
        size = people_size(self.size)
        across, down = size.width / self.size.width, size.height / self.size.height
        return self._glance(size), [face.scaled(across, down) for face in faces]


PARTS: Final[dict[str, Callable[[Sight], object]]] = {
    "faces": Sight.found_faces,
    "saliency": Sight.saliency,
    "matte": Sight.matte,
    "attributes": Sight.attributes,
    "embedding": Sight.embedding,
}
OF_FACES: Final = frozenset({"attributes", "embedding"})
"""Parts that need the faces first."""
WITH_FACES: Final = OF_FACES | {"saliency"}
"""Parts of which nobody can tell without the faces."""


def finest(size: Size, parts: Collection[str], eyes: Eyes, level: MatteLevel | None) -> float:
    """Return the scale, 0..1 of the source, at which one decode serves all these parts."""
    wanted = {
        "faces": eyes.detector.detector_size,
        "saliency": eyes.saliency.input_size,
        "matte": lambda whole: eyes.matting(level).input_size(whole),
        "attributes": people_size,
        "embedding": people_size,
    }
    sides = [wanted[part](size) for part in parts]
    scales = [max(side.width / size.width, side.height / size.height) for side in sides]
    return min(1.0, max(scales, default=0.0))


def people_size(size: Size) -> Size:
    """Return the size at which faces are read.

    >>> people_size(Size(4000, 3000)), people_size(Size(640, 480))
    (Size(width=2048, height=1536), Size(width=640, height=480))
    """
    scale = min(1.0, PEOPLE_SIDE / size.long_side)
    return Size(max(1, round(size.width * scale)), max(1, round(size.height * scale)))


def _named(box: Box) -> str:
    return f"{box.left:g},{box.top:g},{box.width:g},{box.height:g}"
