from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from design_stand import STORY

from foveate.design.nodes.node import Node
from foveate.design.xml.schema import check_schema, xsd
from foveate.errors import BadDesign

etree = pytest.importorskip("lxml.etree", reason="pip install 'foveate[design]'")
PUBLISHED = Path(__file__).parents[3] / "docs/reference/design.xsd"


def test_the_published_schema_takes_a_design_and_refuses_another() -> None:
    schema = etree.XMLSchema(file=str(PUBLISHED))
    assert schema.validate(etree.parse(BytesIO(STORY.encode())))
    assert not schema.validate(etree.parse(BytesIO(STORY.replace("fit=", "fits=").encode())))


def test_the_published_schema_is_that_of_the_table() -> None:
    assert PUBLISHED.read_text("utf-8") == xsd()


def test_what_only_the_schema_would_find_is_refused_too() -> None:
    with pytest.raises(BadDesign, match="by its schema"):
        check_schema(Node("design", {"version": "1"}, (Node("circle"),)))
