"""A bucket that is away for a moment is waited for; one that stays away ends a batch for now."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from s3_answers import answering
from storage_origin import KEY, SECRET

from foveate.batches import away
from foveate.batches.asides import ASIDE
from foveate.batches.away import Waiting
from foveate.batches.commit import Committer, aside_name
from foveate.batches.destination import BucketDestination, Placing
from foveate.batches.made import Made, Output
from foveate.batches.manifest import Manifest
from foveate.batches.row import Row
from foveate.errors import DestinationAway, SourceFailed, SourceRefused, SourceUnreachable
from foveate.settings import Origins
from foveate.storage.bucket_folder import BucketFolder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass
class Clock:
    """A time that passes by sleeping."""

    now: float = 0.0
    then: dict[float, Callable[[], object]] = field(default_factory=dict)

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.then.get(self.now, lambda: None)()


def waiting(clock: Clock) -> Waiting:
    return Waiting("s3://shop/web", clock=clock, sleep=clock.sleep)


def failing(*whys: Exception) -> Callable[[], str]:
    left = list(whys)

    def ask() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return ask


def test_a_bucket_that_is_away_for_a_moment_is_asked_again() -> None:
    clock = Clock()
    assert waiting(clock)(failing(SourceUnreachable(), SourceFailed())) == "done"
    assert clock.now == 2 * away.PAUSE_S


def test_all_give_up_together_and_say_why() -> None:
    clock = Clock()
    ask = waiting(clock)
    for _ in range(3):
        with pytest.raises(DestinationAway, match=r"s3://shop/web.* 30 s, got gone\."):
            ask(failing(*[SourceUnreachable("gone")] * 100))
    assert clock.now == away.PATIENCE_S
    assert ask(failing()) == "done"
    assert ask(failing(SourceUnreachable())) == "done", "it is waited for anew"


def test_what_is_refused_is_not_asked_again() -> None:
    clock = Clock()
    with pytest.raises(SourceRefused):
        waiting(clock)(failing(SourceRefused()))
    assert clock.now == 0


def test_a_file_is_placed_once_the_bucket_is_back(tmp_path: Path) -> None:
    with answering() as service:
        origins = Origins(s3_endpoint=service.endpoint, **keys())
        service.status = 503
        clock = Clock(then={2 * away.PAUSE_S: lambda: setattr(service, "status", 0)})
        bucket = BucketFolder("s3://shop/web", origins)
        place = BucketDestination(bucket, tmp_path, shared=False, waiting=waiting(clock))
        (tmp_path / "aside").write_bytes(b"x")
        assert place.place([Placing(tmp_path / "aside", "a.png")]) == [""]
        assert service.kept == {"/shop/web/a.png": b"x"}


def keys() -> dict[str, str]:
    return {"s3_access_key_id": KEY, "s3_secret_access_key": SECRET}


def test_what_was_committed_is_placed_when_the_batch_goes_on(tmp_path: Path) -> None:
    digest = sha256(b"x").digest()
    with answering() as service:
        bucket = BucketFolder("s3://shop/web", Origins(s3_endpoint=service.endpoint, **keys()))
        place = BucketDestination(bucket, tmp_path, shared=False, waiting=waiting(Clock()))
        row = Row(key="a", path="a")
        (tmp_path / ASIDE).mkdir()
        aside = place.asides.write(aside_name(row.id, 1), b"x", "a.png")
        size = {"bytes": 1, "width": 1, "height": 1}
        output = Output(rendition=1, name="a.png", ext="png", digest=digest, aside=aside, **size)
        with closing(Manifest(tmp_path)) as manifest:
            service.status, service.good = 503, 1  # it is asked for the name, and no more
            with pytest.raises(DestinationAway):
                Committer(manifest, place).commit([Made(row=row, asked=b"", outputs=(output,))])
        service.status = 0
        with closing(Manifest(tmp_path)) as manifest:
            Committer(manifest, place).sweep()
            assert manifest.committed(row.id, 1) == output
        assert service.kept == {"/shop/web/a.png": b"x"}
