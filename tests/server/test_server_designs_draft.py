"""What an editor asks of the server: the tables of designs, drafts drawn, and versions joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from designs_stand import POSTER
from test_server_designs import MOVED, PATH, XML, kept, put, served

from foveate.design.drawing.engine import installed
from foveate.imaging import Image
from foveate.people.keys import ANY, Keys, Scope
from foveate.settings import Limits

if TYPE_CHECKING:
    from pathlib import Path

if not installed():
    pytest.skip("needs foveate[design]", allow_module_level=True)

DRAFT = f"{PATH}/render"


def test_the_tables_say_what_may_be_and_what_is_meant_by_nothing(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        told = client.get("/v1/elements").json()
        elements = {each["name"]: each for each in told["elements"]}
        rows = {row["name"]: row for row in elements["text"]["attributes"]}
        opacity = {"kind": "number", "least": 0, "most": 1, "default": 1, "needed": False}
        assert opacity.items() <= rows["opacity"].items()
        assert rows["fit"]["words"] == ["none", "shrink", "grow"]
        assert rows["width"]["needed"]
        inter = next(font for font in told["fonts"] if font["family"] == "Inter")
        assert {400, 700} <= set(inter["weights"])
        assert (inter["italic"], type(inter["here"])) == (True, bool)


def test_a_design_that_is_not_kept_is_drawn_as_one_that_is(tmp_path: Path, photo: Image) -> None:
    with served(tmp_path, photo) as client:
        drawn = client.post(DRAFT, content=POSTER, headers=XML, params={"scale": 2})
        assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/png")
        made = Image.new_from_buffer(drawn.content, "")
        assert (made.width, made.height) == (240, 180)
        assert drawn.content == client.get(kept(client)["links"]["render"] + "?scale=2").content
        assert client.get(PATH).json()["designs"][0]["version"] == 1


def test_a_draft_is_bounded_and_judged_as_any_other(tmp_path: Path) -> None:
    with served(tmp_path, limits=Limits(max_output_pixels=10_000)) as client:
        plain = POSTER.replace('<image id="photo" role="photo" width="120" height="60"', "<rect")
        wrong = client.post(DRAFT, content=plain, headers=XML)
        assert (wrong.status_code, wrong.json()["error"]) == (422, "BadDesign")
        large = client.post(DRAFT, content=POSTER, headers=XML)
        assert large.json()["error"] == "DrawingTooLarge"
        lost = client.post(DRAFT, content=POSTER, headers=XML, params={"scale": 0.5})
        assert (lost.status_code, "scene.png" in lost.json()["message"]) == (404, True)


def test_a_draft_needs_a_key_where_designs_do(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        secret = Keys(tmp_path / "designs", "designs").add("reader", ANY, Scope.READ)
        assert client.post(DRAFT, content=POSTER, headers=XML).status_code == 401
        assert client.get("/v1/elements").status_code == 401
        asked = {"authorization": f"Bearer {secret}"}
        assert client.get("/v1/elements", headers=asked).status_code == 200


def test_a_design_of_an_earlier_version_is_kept_beside_what_others_did(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        kept(client, id="poster")
        theirs = POSTER.replace('fill="#ff0000"', 'fill="#00ff00"').replace('y="70"', 'y="60"')
        assert put(client, "poster", theirs, 1).json()["version"] == 2
        mine = MOVED.replace('y="70"', 'y="50"')
        assert put(client, "poster", mine, 1).status_code == 409
        answer = client.put(
            f"{PATH}/poster",
            content=mine,
            params={"merge": True},
            headers={**XML, "if-match": '"1"'},
        ).json()
        assert answer["version"] == 3
        assert [each["attribute"] for each in answer["changes"]] == ["x"]
        assert "y" in answer["conflicts"][0]
        mark = client.get(f"{PATH}/poster", headers={"accept": "application/json"}).json()
        block = mark["pages"][0]["blocks"][1]
        assert (block["x"], block["y"], block["fill"]) == (90, 60, "#00ff00")
