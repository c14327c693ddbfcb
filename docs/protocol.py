"""Write the messages of gRPC from the .proto; `--check` only says whether they are stale."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from grpc_tools import protoc

SOURCE = Path(__file__).parent.parent / "src"
PROTO = "foveate/remote/stages.proto"
WRITTEN = ("stages_pb2.py", "stages_pb2.pyi")


def generated() -> dict[Path, str]:
    """Return what the compiler makes of the .proto now, by the file where it belongs."""
    home = (SOURCE / PROTO).parent
    with TemporaryDirectory() as folder:
        outs = [f"--{kind}_out={folder}" for kind in ("python", "pyi")]
        if protoc.main(["protoc", f"-I{SOURCE}", *outs, PROTO]):
            raise SystemExit(f"protoc does not take {PROTO}.")
        made = Path(folder, PROTO).parent
        return {home / name: (made / name).read_text() for name in WRITTEN}


def stale(*, write: bool) -> list[str]:
    """Return the files that are not what the compiler makes now, which are written if asked."""
    old = [
        (file, text)
        for file, text in generated().items()
        if not file.exists() or file.read_text() != text
    ]
    for file, text in old if write else ():
        file.write_text(text)
    return [str(file.relative_to(SOURCE.parent)) for file, _ in old]


def main() -> int:
    """Write or check; return the exit code."""
    check = "--check" in sys.argv
    found = stale(write=not check)
    if found and check:
        print(f"Stale: {', '.join(found)}. Run `make docs` and commit what it writes.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
