"""lxml, which is loaded when a design is first read: it is an extra."""

from __future__ import annotations

from typing import Any

from foveate.errors import BadInstallation


def lxml_etree() -> Any:  # noqa: ANN401 - of a library without types
    """Return lxml.etree. Raises BadInstallation where it is not there."""
    try:
        from lxml import etree  # noqa: PLC0415 - an extra
    except ImportError as why:
        wanted = "Expected lxml for designs, got none: pip install 'foveate[design]'."
        raise BadInstallation(wanted, public=wanted) from why
    return etree
