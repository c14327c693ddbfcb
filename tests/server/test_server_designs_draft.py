"""What an editor asks of the server: the tables of designs, drafts drawn, and versions joined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from designs_stand import POSTER, need_letters
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


def test_a_picture_that_was_given_is_drawn_for_good(tmp_path: Path, photo: Image) -> None:
    data = photo.write_to_buffer(".png")
    with served(tmp_path) as client:
        told = client.post(f"{PATH}/pictures", content=data, headers={"content-type": "image/png"})
        assert told.status_code == 201
        src, size = told.json()["src"], (told.json()["width"], told.json()["height"])
        assert size == (photo.width, photo.height)
        design = kept(client, POSTER.replace("scene.png", src))
    with served(tmp_path, photo) as client:
        theirs = client.get(design["links"]["render"])
        assert theirs.status_code == 200, theirs.text
        same = client.post(DRAFT, content=POSTER, headers=XML)
        assert theirs.content == same.content


def test_what_is_no_picture_is_not_kept_with_designs(tmp_path: Path) -> None:
    with served(tmp_path) as client:
        sent = client.post(f"{PATH}/pictures", content=b"no", headers={"content-type": "image/png"})
        assert sent.status_code >= 400
        assert not (tmp_path / "designs" / "pictures").exists()
        lost = POSTER.replace("scene.png", f"picture:{'0' * 64}")
        assert client.post(DRAFT, content=lost, headers=XML).status_code == 404


def test_fonts_are_served_by_what_they_are_called_alone(tmp_path: Path) -> None:
    need_letters()
    with served(tmp_path) as client:
        found = client.get("/v1/fonts", params={"family": "inter", "weight": 650})
        assert (found.status_code, found.headers["content-type"]) == (200, "font/ttf")
        assert found.content[:4] == b"\x00\x01\x00\x00"
        for family in ("../../designs", "/etc/passwd", "Comic Sans"):
            unknown = client.get("/v1/fonts", params={"family": family})
            assert unknown.json()["error"] == "UnknownFont"
