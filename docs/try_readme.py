"""Do what README.md says, as a stranger would: in a fresh checkout and a fresh home, in order.

Blocks of a shell go to one terminal, servers into its background, Python to its interpreter, and
every URL of the page is opened. A block that cannot run says why: `<!-- not run: REASON -->` stands
on the line above it.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT: Final = Path(__file__).resolve().parents[1]
LIMIT_S: Final = 900
ACCEPT: Final = "image/avif,image/webp,*/*"
_BLOCK: Final = re.compile(
    r"(?:^<!-- not run: (?P<why>[^\n]+?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_SERVES: Final = re.compile(r"^(?:make|foveate) serve\b[^\n#]*(?:#[^\n]*)?$", re.MULTILINE)
_PORT: Final = re.compile(r"(?:--port[ =]|PORT=)(\d+)")
_URL: Final = re.compile(r"http://127\.0\.0\.1:\d+[^\s`)\"'<>]*[^\s`)\"'<>.,;:]")
_BEGIN: Final = """\
set -euo pipefail
ask() { python3 - "$1" "$2" <<'END'
import sys, urllib.request
request = urllib.request.Request(sys.argv[1], headers={"Accept": sys.argv[2]})
with urllib.request.urlopen(request, timeout=60) as answer:
    kind, size = answer.headers["Content-Type"], len(answer.read())
print(f"{size} bytes of {kind} from {sys.argv[1]}")
sys.exit("/cdn-cgi/image/" in sys.argv[1] and not kind.startswith("image/"))
END
}
wait_for() { until ask "$1" '*/*' >/dev/null 2>&1; do
  kill -0 "$server" || { echo "The server ended before it answered."; exit 1; }; sleep 0.2
done; kill -0 "$server"; }
"""
_END: Final = '[ -z "${server:-}" ] || { kill "$server"; wait "$server" || true; }'


class Block(NamedTuple):
    """A block of code, and why it is not run, if so."""

    language: str
    text: str
    why: str


def blocks(page: str) -> list[Block]:
    """Return every block of code of a Markdown page."""
    return [Block(b["language"], b["text"], b["why"] or "") for b in _BLOCK.finditer(page)]


def script(page: str) -> str:
    """Return what a terminal is given for a page. Raises KeyError for an unknown language."""
    running = [block for block in blocks(page) if not block.why]
    said = [_COMMANDS[block.language](block.text) for block in running]
    shown = _BLOCK.sub(lambda b: "" if b["why"] else b[0], page)
    opened = [_opened(url) for url in dict.fromkeys(_URL.findall(shown))]
    return "\n".join([_BEGIN, *said, *opened, _END, ""])


def _shell(text: str) -> str:
    return _SERVES.sub(_in_background, text)


def _in_background(line: re.Match[str]) -> str:
    port = _PORT.search(line[0])
    ready = f"http://127.0.0.1:{port[1] if port else 8100}/health/ready"
    return f"{line[0].partition('#')[0]} &\nserver=$!\nwait_for {ready}"


def _opened(url: str) -> str:
    return f"ask '{url}' '{ACCEPT}'"


_COMMANDS: Final = {
    "sh": _shell,
    "python": lambda text: f"python - <<'END'\n{text}END\n",
    "": lambda _: "",  # addresses, which are opened at the end
}


def surroundings(home: Path) -> dict[str, str]:
    """Return a stranger's environment: package clients keep their settings and caches, no more."""
    own, old = dict(os.environ), Path.home()
    for name in list(own):
        if name.startswith(("FOVEATE_", "XDG_", "PYTHON", "VIRTUAL_ENV", "MAKE", "MFLAGS")):
            del own[name]
    kept = {
        "PIP_CACHE_DIR": old / ".cache/pip",
        "UV_CACHE_DIR": old / ".cache/uv",
        "npm_config_cache": old / ".npm",
        "npm_config_userconfig": old / ".npmrc",
    }
    return {name: str(path) for name, path in kept.items()} | own | {"HOME": str(home)}


def checkout(into: Path) -> None:
    """Copy what git knows, or would, and nothing that was built here."""
    listed = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, check=True, text=True).stdout  # noqa: S603
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)


def run(commands: str, folder: Path, home: Path) -> int:
    """Return how a terminal ended that was given these commands; nothing it started goes on."""
    terminal = subprocess.Popen(  # noqa: S603 - what the page says
        ["bash", "-c", commands],  # noqa: S607
        cwd=folder,
        env=surroundings(home),
        start_new_session=True,
    )
    try:
        return terminal.wait(LIMIT_S)
    finally:
        _end(terminal.pid)


def _end(group: int) -> None:
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def main() -> int:
    """Try the page and return the exit code."""
    page = (ROOT / "README.md").read_text("utf-8")
    with tempfile.TemporaryDirectory() as scratch:
        folder, home = Path(scratch) / "foveate", Path(scratch) / "home"
        home.mkdir()
        checkout(folder)
        code = run(script(page), folder, home)
    print("\n".join(_summary(blocks(page), code)))
    return code


def _summary(every: Sequence[Block], code: int) -> Iterator[str]:
    left = [block for block in every if block.why]
    ended = f"FAILED with {code}" if code else "ran"
    yield f"README.md: {len(every) - len(left)} of {len(every)} blocks {ended}."
    yield from (f"Not run, {block.why}: {block.text.splitlines()[0]}" for block in left)


if __name__ == "__main__":
    sys.exit(main())
