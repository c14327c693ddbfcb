"""What the composition root says of the service that it put together."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
import time
import weakref
from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING

import pytest
from c2pa_files import identity

from foveate.app import create
from foveate.errors import BadInstallation, BadSettings, WeightsCorrupt
from foveate.models.supply.built import record, record_of
from foveate.models.supply.cards import CARDS
from foveate.options.model import TransformOptions
from foveate.people.lance import LOADER
from foveate.service.enlarging import UPSCALER
from foveate.settings import Caching, Credentials, Models, People, Rekognition, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from foveate.app import App


def app_at(folder: Path) -> App:
    models = Models(folder=str(folder))
    return create(Settings(models=models, caching=Caching(folder=str(folder))))


@pytest.mark.parametrize(("licences", "state"), [((), "unacknowledged"), (("AGPL-3.0",), "idle")])
def test_a_network_is_idle_only_under_a_licence_that_may_be_used(
    tmp_path: Path, licences: tuple[str, ...], state: str
) -> None:
    card = next(card for card in CARDS if card.name == "isnet")
    weights = tmp_path / card.file
    weights.write_bytes(b"a network")
    record_of(weights).write_bytes(record(card, weights.read_bytes()))
    models = Models(folder=str(tmp_path), acknowledged_licences=licences)
    app = create(Settings(models=models, caching=Caching(folder=str(tmp_path))))
    status = app.status()
    assert (status["isnet"], status["retinaface"]) == (state, "missing")
    weights.write_bytes(b"a netw")
    assert app.status()["isnet"] == ("damaged" if licences else state)


def test_what_a_damaged_network_does_is_done_without_it_as_where_it_is_missing(
    tmp_path: Path,
) -> None:
    app = app_at(tmp_path)
    networks = app.analyses.networks
    for card in CARDS:
        if card.name in {"depth", "waifu2x"}:
            (tmp_path / card.file).write_bytes(b"half")
    assert (app.status()["depth"], app.status()["waifu2x"]) == ("damaged", "damaged")
    assert not networks.ready("depth")
    assert "waifu2x" in networks.lacking(UPSCALER)


def test_a_damaged_network_of_the_right_length_is_done_without_from_the_first_request_on(
    tmp_path: Path,
) -> None:
    networks = app_at(tmp_path).analyses.networks
    card = next(card for card in CARDS if card.name == "depth")
    file = tmp_path / card.file
    record_of(file).write_bytes(record(card, b"whole"))
    file.write_bytes(b"other")
    assert not networks.ready("depth")
    assert networks.damaged("depth")
    assert "The weights of depth are damaged." in str(networks.without("depth"))
    file.write_bytes(b"whole")
    os.utime(file, ns=(1, 1))
    assert networks.ready("depth")
    assert not networks.damaged("depth")


def test_the_bytes_of_a_network_are_compared_once_and_not_for_each_request(tmp_path: Path) -> None:
    networks = app_at(tmp_path).analyses.networks
    card = next(card for card in CARDS if card.name == "depth")
    file = tmp_path / card.file
    record_of(file).write_bytes(record(card, b"whole"))
    file.write_bytes(b"whole")
    assert networks.ready("depth")
    before = file.stat()
    file.write_bytes(b"other")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert networks.ready("depth"), "nobody read it again"


def test_weights_that_cannot_be_loaded_are_damaged_until_they_are_written_anew(
    tmp_path: Path,
) -> None:
    app = app_at(tmp_path)
    card = next(card for card in CARDS if card.name == "gaze-int8")
    file = tmp_path / card.file
    record_of(file).write_bytes(record(card, b"whole"))
    file.write_bytes(b"other")  # as long as it should be
    assert app.status()["gaze"] == "idle"
    with pytest.raises(WeightsCorrupt):
        app.registry.session("gaze")()
    assert app.status()["gaze"] == "damaged"
    os.utime(file, ns=(1, 1))
    assert app.status()["gaze"] == "idle"


def test_a_damaged_network_that_keeps_pictures_in_is_not_done_without(tmp_path: Path) -> None:
    card = next(card for card in CARDS if card.name == "nudenet")
    (tmp_path / card.file).touch()
    models = Models(folder=str(tmp_path), acknowledged_licences=("AGPL-3.0",))
    app = create(Settings(models=models, caching=Caching(folder=str(tmp_path))))
    assert app.status()["nudenet"] == "damaged"
    assert app.analyses.networks.ready("nudenet")


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("caching.folder", Settings(caching=Caching(folder="~nosuchuser/cache"))),
        ("models.folder", Settings(models=Models(folder="~nosuchuser"))),
    ],
)
def test_a_home_that_there_is_not_is_a_problem_of_the_settings(
    name: str, settings: Settings
) -> None:
    with pytest.raises(BadSettings, match=rf"{name}: expected a folder, got '~nosuchuser"):
        create(settings)


def test_the_library_of_the_face_index_is_there_before_a_client_of_rekognition_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "lancedb", None)
    del sys.modules["lancedb"]
    (tmp_path / "lancedb.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    people, caching = People(folder=str(tmp_path / "people")), Caching(folder=str(tmp_path))

    def began(key_file: str) -> bool:
        settings = Settings(people=people, caching=caching)
        create(replace(settings, rekognition=Rekognition(key_file=key_file))).begin()
        for thread in threading.enumerate():
            if thread.name == LOADER:
                thread.join()
        return "lancedb" in sys.modules

    assert not began("")
    assert began("keys")


def test_trimming_memory_lets_go_of_what_only_knows_itself(tmp_path: Path) -> None:
    class Held:
        def __init__(self) -> None:
            self.itself = self

    gc.collect()
    gc.disable()
    try:
        gone = weakref.ref(Held())
        assert gone() is not None
        create(Settings(caching=Caching(folder=str(tmp_path)))).trim_memory()
        assert gone() is None
    finally:
        gc.enable()


def test_who_signs_content_credentials_decides_over_renditions(tmp_path: Path) -> None:
    (tmp_path / "key").mkdir()
    caching = Caching(folder=str(tmp_path))
    options = TransformOptions(width=80)
    unsigned = create(Settings(caching=caching)).generation(options)
    signed = []
    for _ in range(2):
        credentials = identity().settings(tmp_path / "key")
        app = create(Settings(caching=caching, credentials=credentials))
        signed.append(app.generation(options))
    assert len({unsigned, *signed}) == 3
    assert all(generation.startswith(unsigned) for generation in signed)


def test_content_credentials_need_their_extra(tmp_path: Path) -> None:
    """Where it is installed, what does not fit is found at start, not by the first request."""
    (tmp_path / "mine.pem").write_text("-----BEGIN CERTIFICATE-----\nmine")
    mine = str(tmp_path / "mine.pem")
    settings = Settings(credentials=Credentials(certificate=mine, key=mine))
    with pytest.raises((BadSettings, BadInstallation), match=r"foveate\[c2pa\]|credentials\.key"):
        create(settings)


def test_closing_waits_for_the_face_index_beside_the_loop_and_not_for_ever(tmp_path: Path) -> None:
    settings = Settings(
        caching=Caching(folder=str(tmp_path)), people=People(folder=str(tmp_path / "people"))
    )
    app, held = create(settings), Event()
    app.people.store._writer.change("team", lambda: held.wait(10))  # type: ignore[attr-defined]  # noqa: SLF001

    async def close() -> int:
        closing, rounds = asyncio.create_task(app.close(0.3)), 0
        while not closing.done():
            await asyncio.sleep(0.01)
            rounds += 1
        await closing
        return rounds

    began = time.monotonic()
    assert asyncio.run(close()) > 5
    assert time.monotonic() - began < 5
    held.set()
