"""What keeps a rendition valid over releases, and what must not."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from foveate.app import create
from foveate.options.grammar import parse_options
from foveate.service.generation import PIXELS
from foveate.service.parts import PARTS
from foveate.settings import Caching, Encoding, Faces, Models, Settings

if TYPE_CHECKING:
    from foveate.app import App

GOLDEN = Path(__file__).parent / "golden"
KNOWN = (12, "0a5133e362dd6829")
"""The generation of pixels, and what the golden pictures were by then."""
PLAIN, FACE, AUTO = "width=300", "width=9,height=9,fit=cover,gravity=face", "fit=cover,gravity=auto"
CUT, HIDDEN = "segment=foreground", "redact=faces"
LARGER = "width=900,fit=contain,upscale=generate"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = str(tmp_path)
    return Settings(models=Models(folder=folder), caching=Caching(folder=folder))


def generation(app: App, text: str) -> str:
    return app.generation(parse_options(text).options)


def changed(before: App, after: App) -> set[str]:
    return {
        text
        for text in (PLAIN, FACE, AUTO, CUT, HIDDEN, LARGER)
        if generation(before, text) != generation(after, text)
    }


def own_card(folder: Path, name: str, sha256: str) -> None:
    """Write a card of the operator's own, which takes the place of ours of that name."""
    (folder / "cards").mkdir(exist_ok=True)
    (folder / "cards" / f"{name}.toml").write_text(
        f'name = "{name}"\ntask = "custom"\nlicence = "MIT"\nupstream = "me"\nbytes = 1\n'
        f'[artefact]\nfile = "{name}.onnx"\nsha256 = "{sha256}"\nsources = ["file:/{name}"]\n'
    )


def test_new_golden_pictures_come_with_a_new_generation() -> None:
    """Renditions in caches are told by it: raise PIXELS, and write both down in KNOWN."""
    files = sorted(GOLDEN.glob("*.png"))
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    assert (PIXELS, digest) == KNOWN


def test_only_renditions_that_look_depend_on_networks(settings: Settings) -> None:
    app = create(settings)
    assert ":" not in generation(app, PLAIN).partition(") ")[2]
    assert "faces:" in generation(app, FACE)
    assert "matte:" in generation(app, CUT)
    assert "redaction:" in generation(app, HIDDEN)
    assert "waifu2x" in generation(app, LARGER)
    assert "doubler" in generation(app, LARGER), "whose weights are not in this folder"


def test_words_depend_on_the_fonts_that_are_here(settings: Settings, tmp_path: Path) -> None:
    app = create(settings)
    assert "fonts:" in generation(app, "text=a")
    assert "fonts:" not in generation(app, "watermark=a.png,radius=9")
    before = generation(app, "text=a")
    (tmp_path / "cards").mkdir()
    (tmp_path / "brand.ttf").write_bytes(b"x")
    (tmp_path / "cards" / "brand.toml").write_text(
        'name = "brand"\ntask = "font"\nlicence = "ours"\nupstream = "us"\nbytes = 1\n'
        '[[faces]]\nfamily = "Brand"\n'
        f'[artefact]\nfile = "brand.ttf"\nsha256 = "{"ab" * 32}"\nsources = ["file:/brand.ttf"]\n'
    )
    assert generation(app, "text=a") != before


def test_a_card_that_nobody_looks_with_leaves_all_valid(settings: Settings, tmp_path: Path) -> None:
    before = create(settings)
    own_card(tmp_path, "another", "ab" * 32)
    after = create(settings)
    assert changed(before, after) == set()
    for part in PARTS.values():
        params = next(iter(part.every), {})
        now = after.analyses.fingerprint(part, **params)
        assert now == before.analyses.fingerprint(part, **params)


def test_who_is_meant_by_a_face_depends_on_which_faces_count(settings: Settings) -> None:
    by_face = "segment.person=face:1"
    fewer = create(replace(settings, faces=replace(settings.faces, score=0.6)))
    assert generation(create(settings), by_face) != generation(fewer, by_face)
    assert generation(create(settings), FACE) == generation(fewer, FACE)


@pytest.mark.parametrize(
    ("card", "hit"),
    [
        ("retinaface", {FACE, AUTO, HIDDEN}),
        ("gaze", {FACE, AUTO}),
        ("gaze-int8", {FACE, AUTO}),
        ("selfie", {CUT}),
        ("waifu2x-noise0", {LARGER}),
        ("expression", set()),
        ("astronaut", set()),
    ],
)
def test_new_weights_change_what_is_looked_at_with_them_and_nothing_else(
    card: str, hit: set[str], settings: Settings, tmp_path: Path
) -> None:
    before = create(settings)
    own_card(tmp_path, card, "cd" * 32)
    assert changed(before, create(settings)) == hit


def test_settings_change_what_they_are_for(settings: Settings) -> None:
    before = create(settings)
    sharper = create(replace(settings, encoding=Encoding(quality=90)))
    assert changed(before, sharper) == {PLAIN, FACE, AUTO, CUT, HIDDEN, LARGER}
    eager = create(replace(settings, faces=Faces(redact_score=0.2)))
    assert changed(before, eager) >= {HIDDEN}
    assert PLAIN not in changed(before, eager)
    choosy = create(replace(settings, faces=Faces(gravity_score=0.7)))
    assert changed(before, choosy) == {FACE, AUTO}
