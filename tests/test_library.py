"""The library: one call from a path, an address or bytes to a rendition."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

import foveate
from foveate.errors import OriginNotAllowed, SourceNotFound, UnknownOption
from foveate.imaging import Image

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def file(tmp_path: Path, photo: Image) -> Path:
    path = tmp_path / "scene.png"
    photo.write_to_file(str(path))
    return path


@pytest.fixture
def origin(file: Path) -> Iterator[str]:
    handler = partial(SimpleHTTPRequestHandler, directory=str(file.parent))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{file.name}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_path_bytes_and_options_in_three_shapes_give_the_same_picture(file: Path) -> None:
    options = foveate.parse_options("width=80,rotate=90").options
    made = [
        foveate.render(file, "width=80,rotate=90"),
        foveate.render(str(file), {"width": 80, "rotate": 90}),
        foveate.render(file.read_bytes(), options),
    ]
    assert {m.data for m in made} == {made[0].data}
    assert (made[0].size.width, made[0].size.height) == (80, 107)  # type: ignore[union-attr]


def test_overlays_are_read_from_where_their_url_says(file: Path) -> None:
    mark = [{"url": str(file), "width": 40, "top": 0, "left": 0}]
    made = foveate.render(file, {"width": 160, "draw": mark})
    image = Image.new_from_buffer(made.data, "")
    assert image(5, 4)[0] > 150  # the red mark of the small copy


def test_a_misspelt_option_is_an_error_here(file: Path) -> None:
    with pytest.raises(UnknownOption, match="widht"):
        foveate.render(file, "widht=80")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"gone\.jpg"):
        foveate.render(tmp_path / "gone.jpg", "width=80")


def test_private_addresses_need_the_setting(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OriginNotAllowed):
        foveate.render(origin, "width=80")
    monkeypatch.setenv("FOVEATE_ORIGINS__ALLOW_PRIVATE", "1")
    foveate.library.default_app.cache_clear()
    assert foveate.render(origin, "width=80").content_type == "image/png"
