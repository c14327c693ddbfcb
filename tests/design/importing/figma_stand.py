"""What Figma answers of a small file, as its REST API says it."""

from __future__ import annotations

import json
from typing import Any

Node = dict[str, Any]


def colour(red: float, green: float, blue: float, alpha: float = 1.0) -> Node:
    return {"r": red, "g": green, "b": blue, "a": alpha}


def solid(*channels: float, **more: Any) -> Node:
    return {"type": "SOLID", "blendMode": "NORMAL", "color": colour(*channels), **more}


def box(x: float, y: float, width: float, height: float) -> Node:
    return {"absoluteBoundingBox": {"x": x, "y": y, "width": width, "height": height}}


def node(kind: str, name: str, at: Node, **said: Any) -> Node:
    return {"id": f"1:{name}", "type": kind, "name": name, **at, **said}


TITLE = node(
    "TEXT",
    "Title",
    box(140, 120, 200, 48),
    characters="Summer SALE",
    characterStyleOverrides=[0, 0, 0, 0, 0, 0, 0, 7, 7, 7, 7],
    styleOverrideTable={"7": {"fontWeight": 700, "fills": [solid(1, 0, 0)]}},
    style={
        "fontFamily": "Inter",
        "fontWeight": 400,
        "fontSize": 32,
        "lineHeightPx": 48,
        "textAlignHorizontal": "CENTER",
        "textAlignVertical": "CENTER",
        "letterSpacing": 0,
    },
    fills=[solid(0, 0, 0)],
    constraints={"horizontal": "CENTER", "vertical": "TOP"},
)
CARD = node(
    "RECTANGLE",
    "card",
    box(120, 200, 160, 80),
    fills=[
        {
            "type": "GRADIENT_LINEAR",
            "gradientHandlePositions": [
                {"x": 0, "y": 0.5},
                {"x": 1, "y": 0.5},
                {"x": 0, "y": 1},
            ],
            "gradientStops": [
                {"position": 0, "color": colour(1, 0, 0)},
                {"position": 1, "color": colour(0, 0, 1)},
            ],
        }
    ],
    strokes=[solid(0, 1, 0)],
    strokeWeight=4,
    strokeAlign="INSIDE",
    cornerRadius=12,
    opacity=0.5,
    effects=[
        {
            "type": "DROP_SHADOW",
            "visible": True,
            "radius": 8,
            "offset": {"x": 0, "y": 4},
            "color": colour(0, 0, 0, 0.25),
        },
        {"type": "LAYER_BLUR", "visible": True, "radius": 3},
    ],
    constraints={"horizontal": "LEFT_RIGHT", "vertical": "BOTTOM"},
)
TURNED = node(
    "RECTANGLE",
    "turned",
    box(300, 200, 60, 100),
    size={"x": 100, "y": 60},
    relativeTransform=[[0, -1, 260], [1, 0, 100]],
    fills=[solid(0, 0.5, 0)],
    blendMode="MULTIPLY",
)
RING = "M0 0L40 0L40 40L0 40ZM10 10L30 10L30 30L10 30Z"
STAR = node(
    "VECTOR",
    "star",
    box(400, 120, 40, 40),
    size={"x": 40, "y": 40},
    fillGeometry=[
        {"path": "M0 0L40 0L40 40L0 40ZM10 10L30 10L30 30L10 30Z", "windingRule": "EVENODD"}
    ],
    fills=[solid(1, 1, 0)],
)
PHOTO = node(
    "RECTANGLE",
    "photo",
    box(400, 200, 80, 80),
    fills=[{"type": "IMAGE", "scaleMode": "FILL", "imageRef": "abc123"}],
)
RULE = node("LINE", "rule", box(400, 170, 80, 0), strokes=[solid(0, 0, 0)], strokeWeight=2)
FRAME = node(
    "FRAME",
    "Post",
    box(100, 100, 400, 300),
    fills=[solid(1, 0.9, 0.8)],
    clipsContent=True,
    children=[
        TITLE,
        CARD,
        TURNED,
        node(
            "GROUP",
            "Offer",
            box(400, 120, 80, 160),
            locked=True,
            children=[
                STAR,
                PHOTO,
                node(
                    "LINE", "rule", box(400, 170, 80, 0), strokes=[solid(0, 0, 0)], strokeWeight=2
                ),
            ],
        ),
        node("ELLIPSE", "dot", box(120, 320, 40, 40), fills=[solid(0, 0, 0)], visible=False),
    ],
)
FILE = {
    "name": "Campaign",
    "document": {
        "id": "0:0",
        "type": "DOCUMENT",
        "children": [{"id": "0:1", "type": "CANVAS", "name": "Page 1", "children": [FRAME]}],
    },
}


def file(*layers: Node) -> bytes:
    """Return a file with one frame of these layers, or that above."""
    if not layers:
        return json.dumps(FILE).encode()
    frame = node("FRAME", "Post", box(0, 0, 200, 200), fills=[], children=list(layers))
    return json.dumps({"name": "x", "document": {"type": "DOCUMENT", "children": [frame]}}).encode()
