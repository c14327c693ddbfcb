"""Render the Helm chart into deploy/kubernetes/foveate.yaml, for who has no Helm.

`pip install helm-python-sdk pyyaml && python docs/manifests.py`. Which chart it came from, and what
it says, stands in its first line as a digest, so that without Helm it can be told whether it is
stale, or was written by hand.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
CHART: Final = ROOT / "deploy/helm/foveate"
VALUES: Final = ROOT / "deploy/kubernetes/values.yaml"
FILE: Final = ROOT / "deploy/kubernetes/foveate.yaml"
NAME: Final = "foveate"
"""Of the release, and of its namespace."""


def first_line(body: str) -> str:
    """Return what names the chart, the values and what was rendered by their bytes."""
    digest = sha256(body.encode())
    for file in (*sorted(CHART.rglob("*")), VALUES):
        if file.is_file():
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return f"# Rendered from deploy/helm/foveate by docs/manifests.py: {digest.hexdigest()[:16]}\n"


def stale(file: Path = FILE) -> list[str]:
    """Return the file where another chart, or other values, made it, or a hand changed it."""
    first, end, body = file.read_text("utf-8").partition("\n") if file.exists() else ("", "", "")
    return (
        []
        if first + end == first_line(body)
        else [f"{FILE.relative_to(ROOT)} (run docs/manifests.py)"]
    )


def rendered() -> str:
    """Return all manifests as one text."""
    # Nobody else needs Helm.
    import helm_python  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415
    import yaml  # type: ignore[import-untyped,unused-ignore]  # noqa: PLC0415

    values = yaml.safe_load(VALUES.read_text("utf-8"))
    chart = helm_python.Chart.load(str(CHART))
    found = chart.render(values, name=NAME, namespace=NAME)
    kept = (found[name].strip() for name in sorted(found) if name.endswith(".yaml"))
    return "---\n" + "\n---\n".join(filter(None, kept)) + "\n"


if __name__ == "__main__":
    text = rendered()
    FILE.write_text(first_line(text) + text, "utf-8")
