"""Licences as Hugging Face's hub calls them: https://huggingface.co/docs/hub/repositories-licenses."""

from __future__ import annotations

import re
from typing import Final

OTHER: Final = "other"
_KNOWN: Final = """
afl-3.0 agpl-3.0 apache-2.0 artistic-2.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear bsl-1.0
c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5 cc-by-3.0 cc-by-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0
cc-by-nc-nd-3.0 cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cc-by-nd-4.0
cc-by-sa-3.0 cc-by-sa-4.0 cdla-permissive-1.0 cdla-permissive-2.0 cdla-sharing-1.0
creativeml-openrail-m ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 eupl-1.2 gfdl gpl gpl-2.0 gpl-3.0
isc lgpl lgpl-2.1 lgpl-3.0 mit mpl-2.0 ms-pl ncsa odbl odc-by ofl-1.1 openrail osl-3.0 pddl
postgresql unknown unlicense wtfpl zlib
"""
KNOWN: Final = frozenset(_KNOWN.split())
ALSO: Final = {
    "cc0": "cc0-1.0",
    "odbl-1.0": "odbl",
    "odc-by-1.0": "odc-by",
    "pddl-1.0": "pddl",
    "apache2": "apache-2.0",
    "apache-license-2.0": "apache-2.0",
    "mit-license": "mit",
}
"""Other spellings: those of SPDX, and those that people use."""
VARIANT: Final = re.compile(r"-(only|or-later)$")


def hub_licence(said: str) -> tuple[str, str]:
    """Return what the hub calls a licence, and a name of it where it knows none.

    >>> hub_licence("Apache-2.0"), hub_licence("CC BY-SA 4.0"), hub_licence("GPL-3.0-or-later")
    (('apache-2.0', ''), ('cc-by-sa-4.0', ''), ('gpl-3.0', ''))
    >>> hub_licence("In house, 2026")
    ('other', 'in-house-2026')
    """
    name = re.sub(r"[^a-z0-9.]+", "-", said.lower()).strip("-.")
    plain = VARIANT.sub("", name)
    found = ALSO.get(plain, plain)
    return (found, "") if found in KNOWN else (OTHER, name)
