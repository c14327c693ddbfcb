from __future__ import annotations

import base64
import re
import resource
import threading
import time
from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from imaging_pictures import RED, plain

from foveate.errors import BrokenImage, SourceTooLarge, TimedOut, TooManyPixels
from foveate.geometry.box import Size
from foveate.imaging.svg import (
    HANDY_BYTES,
    MAX_BYTES,
    exact_size,
    rasterise,
    sanitise_svg,
    whole,
)

if TYPE_CHECKING:
    from pathlib import Path

NS = 'xmlns="http://www.w3.org/2000/svg"'
ENTITIES = (
    f'<!DOCTYPE svg [<!ENTITY a "{"x" * 99}"><!ENTITY b "{"&a;" * 99}">'
    f'<!ENTITY c "{"&b;" * 99}"><!ENTITY d "{"&c;" * 99}">]><svg {NS}><text>&d;</text></svg>'
)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ('width="40" height="30"', Size(40, 30)),
        ('width="40px" height="1in"', Size(40, 96)),
        ('width="10mm" height="72pt"', Size(38, 96)),
        ('width="0.2" height="30.6"', Size(1, 31)),
        ('viewBox="0 0 24 12"', Size(24, 12)),
        ('viewBox="0,0,24,12" width="100%" height="100%"', Size(24, 12)),
        ('viewBox="0 0 24 12" width="48"', Size(48, 24)),
        ('viewBox="0 0 24 12" height="48"', Size(96, 48)),
        ("", Size(300, 150)),
        ('width="10"', Size(10, 150)),
        ('width="-5" height="10"', Size(300, 10)),
        ('width="1e300" height="1"', Size(1_000_000_000, 1)),
        ('width="0" height="9"', Size(0, 9)),
    ],
)
def test_natural_size_is_what_a_browser_would_take(attributes: str, expected: Size) -> None:
    assert whole(exact_size(f"<svg {NS} {attributes}/>".encode())) == expected


@pytest.mark.parametrize(
    ("attributes", "scale"),
    [
        ('width="40" height="30"', 0.5),
        ('viewBox="0 0 80 60"', 1.0),
        ('width="1in" height="10mm" style="fill:red"', 3.0),
        ('width="40" height="30" style="width:7px !important"', 1.0),
        ("", 3.0),
    ],
)
def test_a_drawing_has_the_size_that_was_announced(attributes: str, scale: float) -> None:
    data = f'<svg {NS} {attributes}><rect width="9999" height="9999" fill="red"/></svg>'.encode()
    size, image = exact_size(data), rasterise(data, scale)
    assert (image.width, image.height) == tuple(round(side * scale) for side in size)
    assert image(image.width // 2, image.height // 2) == [255, 0, 0, 255]


def test_scripts_handlers_links_and_other_hosts_are_gone() -> None:
    data = f"""<svg {NS} xmlns:xlink="http://www.w3.org/1999/xlink" onload="evil()">
    <script>evil()</script><a href="javascript:evil()"><rect onclick="evil()" width="3"/></a>
    <foreignObject><body xmlns="http://www.w3.org/1999/xhtml">evil</body></foreignObject>
    <image xlink:href="https://evil.example/a.png"/><use href="//evil.example/b.svg#c"/>
    <style>@import url(https://evil.example/d.css); rect {{ fill: url(https://evil.example/e) }}
    </style></svg>""".encode()
    clean = sanitise_svg(data)
    assert b"rect" in clean
    for word in (b"evil()", b"script", b"onload", b"onclick", b"foreignObject", b"@import"):
        assert word not in clean
    assert not re.search(rb"(href=.|url\()\s*(https?:)?//", clean)


def test_a_drawing_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.png"
    plain(8, 8, *RED).pngsave(str(secret))
    for reference in (secret, secret.as_uri()):
        data = (
            f'<svg {NS} width="8" height="8"><image href="{reference}" width="8" height="8"/></svg>'
        )
        assert rasterise(data.encode()).max() == 0


def test_an_embedded_picture_is_drawn() -> None:
    picture = base64.b64encode(plain(8, 8, *RED).pngsave_buffer()).decode()
    data = (
        f'<svg {NS} width="8" height="8"><image width="8" height="8"'
        f' href="data:image/png;base64,{picture}"/></svg>'
    )
    assert rasterise(data.encode())(4, 4) == [*RED, 255]


@pytest.mark.parametrize(
    "data",
    [
        f"<svg {NS}>" + "<g>" * 100_000,
        f"<svg {NS}>" + "<g/>" * 100_001 + "</svg>",
        f"<svg {NS}><rect></svg>",
        f"<svg {NS}>",
        ENTITIES,
        '<svg width="5" height="5"/>',
        '<?xml version="1.0" encoding="nonsense"?><svg/>',
    ],
    ids=["deep", "wide", "unbalanced", "cut off", "entities", "no namespace", "encoding"],
)
def test_what_is_no_sane_document_is_broken(data: str) -> None:
    with pytest.raises(BrokenImage):
        sanitise_svg(data.encode())


@pytest.mark.parametrize("declared", ["", "<!DOCTYPE svg [<!ENTITY red 'red'>]>"])
def test_a_document_is_read_alike_on_either_side_of_the_sandbox(declared: str) -> None:
    small = f'{declared}<svg {NS} width="4.5" height="3"><rect width="2" height="3"/></svg>'
    large = small.replace("<rect", "<!--" + "x" * HANDY_BYTES + "--><rect")
    assert exact_size(small.encode()) == exact_size(large.encode()) == (4.5, 3.0)
    assert sanitise_svg(small.encode()) == sanitise_svg(large.encode())


def spent_by_children() -> float:
    """Return the processor time of all processes that were started and have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@pytest.mark.parametrize(
    ("document", "encoding", "elsewhere"),
    [
        (f"<svg {NS}/>", "utf-8", False),
        (f'<?xml version="1.0" encoding="UTF-8"?><svg {NS}/>', "utf-8", False),
        (f"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg {NS}><desc>&a;</desc></svg>", "utf-8", True),
        (f"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg {NS}><desc>&a;</desc></svg>", "utf-8-sig", True),
        (f"<!DOCTYPE svg><svg {NS}/>", "utf-16", True),
        (f'<?xml version="1.0" encoding="cp037"?><svg {NS}/>', "ascii", True),
        (f"<svg {NS}>{' ' * HANDY_BYTES}</svg>", "utf-8", True),
    ],
)
def test_what_may_grow_while_it_is_read_is_read_elsewhere(
    document: str, encoding: str, elsewhere: bool
) -> None:
    before = spent_by_children()
    with suppress(BrokenImage):
        exact_size(document.encode(encoding))
    assert (spent_by_children() > before) is elsewhere


@pytest.mark.alone
def test_a_large_document_stops_no_other_thread() -> None:
    rows = "".join(f'<path d="M0 0{"L1 1" * 40}" id="p{row}"/>' for row in range(60_000))
    data = f'<svg {NS} width="9" height="9">{rows}</svg>'.encode()
    ticks: list[float] = []
    done = threading.Event()

    def tick() -> None:
        while not done.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.001)

    ticking = threading.Thread(target=tick)
    ticking.start()
    assert exact_size(data) == (9, 9)
    done.set()
    ticking.join()
    # In this process, expat alone would hold all threads for a second here.
    assert max(later - earlier for earlier, later in pairwise(ticks)) < 0.25


def test_bytes_are_limited() -> None:
    with pytest.raises(SourceTooLarge):
        sanitise_svg(b"<svg " + b" " * MAX_BYTES + b"/>")


def test_a_drawing_that_computes_without_end_is_ended() -> None:
    filters = '<feTurbulence baseFrequency="0.1" numOctaves="1000"/>' * 50
    data = f"""<svg {NS} width="3000" height="3000"><filter id="f">{filters}</filter>
    <rect width="3000" height="3000" filter="url(#f)"/></svg>"""
    with pytest.raises(TimedOut):
        rasterise(data.encode(), timeout_s=0.5)


def test_a_drawing_beyond_the_memory_bound_is_refused() -> None:
    with pytest.raises(TooManyPixels, match="MiB"):
        rasterise(f'<svg {NS} width="20000" height="20000"/>'.encode())
