"""Designs over HTTP of other programs: SVG and Figma's JSON."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest
from designs_served import PATH, served
from figma_stand import file

from foveate.design.drawing.engine import installed
from foveate.imaging import Image
from foveate.people.keys import ANY, Keys, Scope

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="60" height="40"><title>Card</title>
<rect width="60" height="40" fill="#00f"/><circle cx="30" cy="20" r="10" fill="red"/>
<image id="own" href="data:image/png;base64,AAAA" width="5" height="5"/><script/></svg>"""
BOX = 'width="60" height="40" preserveAspectRatio="xMidYMid slice"'
KIND = {"content-type": "image/svg+xml"}


def post(client: httpx.Client, content: bytes | str, **more: Any) -> httpx.Response:
    return client.post(PATH, content=content, **{"headers": KIND, **more})


def test_an_svg_is_kept_as_a_design_and_drawn(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        answer = post(client, SVG.replace("<image", "<!--").replace("/><script/>", "--><script/>"))
        told = answer.json()
        assert (answer.status_code, told["name"], told["version"]) == (201, "Card", 1)
        assert told["remarks"] == ["<script> is left out."]
        drawn = Image.new_from_buffer(client.get(told["links"]["render"]).content, "")
        assert (drawn.width, drawn.height, drawn(30, 20), drawn(2, 2)) == (
            60,
            40,
            [255, 0, 0],
            [0, 0, 255],
        )


def test_pictures_that_a_file_holds_are_kept_with_designs(tmp_path: Path, photo: Image) -> None:
    data = base64.b64encode(photo.pngsave_buffer()).decode()
    with served(tmp_path) as client:
        answer = post(client, SVG.replace("AAAA", data).replace('width="5" height="5"', BOX))
        told = answer.json()
        assert told["remarks"] == ["<script> is left out."]
        assert 'src="picture:' in client.get(told["links"]["self"]).text
        drawn = Image.new_from_buffer(client.get(told["links"]["render"]).content, "")
        assert drawn(30, 20) != [255, 0, 0]


def test_json_of_figma_is_a_design_where_it_is_said_to_be(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        headers = {"content-type": "application/json"}
        told = post(client, file(), headers=headers, params={"from": "figma", "id": "post"}).json()
        assert (told["id"], told["name"]) == ("post", "Campaign")
        assert any("abc123" in each for each in told["remarks"])
        assert client.get(f"{PATH}/post").text.startswith("<design")
        plain = post(client, file(), headers=headers)
        assert (plain.status_code, plain.json()["error"]) == (422, "BadDesign")


def test_what_is_no_file_of_another_program_is_refused(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        for content, query, status in (
            ("<svg", {}, 422),
            ('<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', {}, 422),
            ("{}", {"from": "figma"}, 422),
            ("<svg/>", {"from": "canva"}, 400),
            (" " * 8_000_001, {}, 413),
        ):
            answer = post(client, content, params=query)
            assert answer.status_code == status, answer.text
        assert client.get(PATH).json()["designs"] == []


def test_an_import_needs_the_scope_of_who_keeps(tmp_path: Path) -> None:
    secret = Keys(tmp_path / "designs", "designs").add("reader", ANY, Scope.READ)
    with served(tmp_path) as client:
        assert post(client, SVG).status_code == 401
        headers = {**KIND, "authorization": f"Bearer {secret}"}
        assert post(client, SVG, headers=headers).status_code == 403
