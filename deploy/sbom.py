"""Print what is here as a bill of materials, CycloneDX 1.6: Python, packages and networks."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from importlib.metadata import distributions
from shutil import which
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from foveate.models.supply.card import Task
from foveate.models.supply.weights import catalogue, where
from foveate.settings import load

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import PackageMetadata

DEBIAN = "${Package} ${Version} ${Architecture}\n"


def bill() -> dict[str, Any]:
    """Return the whole document."""
    found = {each["bom-ref"]: each for each in (python(), *of_python(), *of_debian(), *networks())}
    ours = [each for each in found.values() if each["name"] == "foveate"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid4()}",
        "version": 1,
        "metadata": {
            "timestamp": datetime.now(UTC).isoformat(timespec="seconds"),
            **({"component": {**ours[0], "type": "application"}} if ours else {}),
        },
        "components": [found[ref] for ref in sorted(found) if found[ref] not in ours],
    }


def python() -> dict[str, Any]:
    """Return this interpreter, which is no package where an image built it from source."""
    version = platform.python_version()
    found = component(
        "platform", "python", version, f"pkg:generic/python@{quote(version)}", "PSF-2.0"
    )
    # By this databases of vulnerabilities know it.
    return found | {"cpe": f"cpe:2.3:a:python:python:{version}:*:*:*:*:*:*:*"}


def of_python() -> Iterator[dict[str, Any]]:
    """Yield the packages of this interpreter."""
    for each in distributions():
        name = each.metadata["Name"]
        purl = f"pkg:pypi/{quote(name.lower().replace('_', '-'))}@{quote(each.version)}"
        yield component("library", name, each.version, purl, licence_of(each.metadata))


def licence_of(about: PackageMetadata) -> str:
    """Return the licence as a package has it: as an expression, in words, or as a classifier."""
    classes = [each for each in about.get_all("Classifier", ()) if each.startswith("License ::")]
    named = about.get("License-Expression") or about.get("License")
    return named or ", ".join(each.rpartition(" :: ")[2] for each in classes)


def of_debian() -> Iterator[dict[str, Any]]:
    """Yield the packages of the system, where it is Debian."""
    if which("dpkg-query") is None:
        return
    command = ["dpkg-query", "--show", f"--showformat={DEBIAN}"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    for line in listed.stdout.splitlines():
        name, version, architecture = line.split(" ")
        purl = f"pkg:deb/debian/{quote(name)}@{quote(version)}?arch={architecture}"
        yield component("library", name, version, purl)


def networks() -> Iterator[dict[str, Any]]:
    """Yield the networks and the sample pictures whose files are here."""
    settings = load().models
    for card in catalogue(settings):
        if where(card, settings).exists():
            kind = "data" if card.task is Task.SAMPLE else "machine-learning-model"
            ref = f"{card.task.value}:{card.name}@{card.sha256[:12]}"
            found = component(kind, card.name, "", ref, card.licence)
            yield found | {"hashes": [{"alg": "SHA-256", "content": card.sha256}]}


def component(kind: str, name: str, version: str, ref: str, licence: str = "") -> dict[str, Any]:
    """Return one thing that is here."""
    return {
        "type": kind,
        "bom-ref": ref,
        "name": name,
        **({"version": version} if version else {}),
        **({"purl": ref} if ref.startswith("pkg:") else {}),
        # Some packages have the whole text there.
        **({"licenses": [{"license": {"name": licence[:100].splitlines()[0]}}]} if licence else {}),
    }


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=1)
