"""Pictures of enrolled faces: on a sheet, cut out, and as JPEG."""

from __future__ import annotations

import pytest

from foveate.errors import BadOption
from foveate.geometry.box import Box, Size
from foveate.imaging import Image
from foveate.imaging.drawing.canvas import solid
from foveate.service.face_pictures import as_jpeg, cut, sheet_of_groups


def crop(colour: str) -> bytes:
    data: bytes = solid(Size(112, 112), colour).pngsave_buffer()
    return data


def test_a_group_is_a_row_of_its_faces_under_its_name() -> None:
    red, blue, green = crop("#c80000"), crop("#0000c8"), crop("#00c800")
    rows = [
        ("aaaaaaaa  2 faces", [("aaaaaaaa", "a.jpg", red), ("bbbbbbbb", "b.jpg", blue)]),
        ("cccccccc  1 face", [("cccccccc", "c.jpg", green), ("dddddddd", "d.jpg", b"")]),
    ]
    sheet = Image.new_from_buffer(sheet_of_groups(rows), "")
    assert sheet.width == 1600
    assert sheet.crop(36, 40, 400, 20).deviate() > 5  # what is said of the group
    middle = [[sheet(119 + 186 * column, 157 + 288 * row) for column in (0, 1)] for row in (0, 1)]
    assert middle[0] == [[200, 0, 0], [0, 0, 200]]
    assert middle[1][0] == [0, 200, 0]
    assert max(middle[1][1]) < 60  # whose picture is gone is a blank
    with pytest.raises(BadOption):
        sheet_of_groups([])


def test_a_face_is_cut_out_with_room_within_its_picture() -> None:
    assert cut(Box(100, 100, 50, 100), Size(400, 400))["trim"] == {
        "left": 45, "top": 70, "width": 160, "height": 160,
    }  # fmt: skip
    assert cut(Box(0, 350, 50, 50), Size(400, 400))["trim"] == {
        "left": 0, "top": 335, "width": 65, "height": 65,
    }  # fmt: skip


def test_a_crop_is_given_as_jpeg() -> None:
    told = Image.new_from_buffer(as_jpeg(crop("#c80000")), "")
    assert told.get("vips-loader").startswith("jpeg")
    assert abs(told(50, 50)[0] - 200) < 4
