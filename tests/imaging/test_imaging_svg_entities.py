from __future__ import annotations

import time

import pytest

from foveate.errors import BrokenImage
from foveate.imaging.svg_entities import refuse_bombs

NS = "http://www.w3.org/2000/svg"


def document(declared: str, used: str = "") -> str:
    return f'<!DOCTYPE svg [{declared}]><svg xmlns="{NS}"><desc>{used}</desc></svg>'


@pytest.mark.parametrize(
    "declared",
    [
        "",
        f'<!ENTITY ns_svg "{NS}">',
        f"<!ENTITY ns_svg '{NS}'>" + "".join(f'<!ENTITY n{i} "x">' for i in range(20)),
    ],
)
def test_namespaces_that_drawing_programs_declare_are_taken(declared: str) -> None:
    refuse_bombs(document(declared, "&ns_svg;" * 30).encode())


@pytest.mark.parametrize(
    "declared",
    [
        '<!ENTITY a "x"><!ENTITY b "&a;&a;">',
        f'<!ENTITY a "{"x" * 300}">',
        '<!ENTITY a SYSTEM "file:///etc/passwd">',
        '<!ENTITY % a "x">',
        '<!ENTITY a "<g/>">',
        "".join(f'<!ENTITY a{i} "x">' for i in range(65)),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_entities_that_are_no_short_texts_are_refused(declared: str, encoding: str) -> None:
    with pytest.raises(BrokenImage, match="entities"):
        refuse_bombs(document(declared).encode(encoding))


def test_short_texts_that_are_used_too_often_are_refused() -> None:
    declared = f'<!ENTITY a "{"x" * 200}">'
    refuse_bombs(document(declared, "&a;" * 5_000).encode())
    with pytest.raises(BrokenImage, match="entities"):
        refuse_bombs(document(declared, "&a;" * 6_000).encode())


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_entities_in_other_encodings_are_refused(encoding: str) -> None:
    with pytest.raises(BrokenImage, match="entities"):
        refuse_bombs(document('<!ENTITY a "x">').encode(encoding))


def test_looking_takes_a_moment_whatever_is_declared() -> None:
    started = time.process_time()
    for hostile in ("<!ENTITY " * 1_000_000, '<!ENTITY a "' * 1_000_000, "&a;" * 4_000_000):
        with pytest.raises(BrokenImage):
            refuse_bombs(document('<!ENTITY a "x"><!ENTITY>', hostile).encode())
    assert time.process_time() - started < 2
