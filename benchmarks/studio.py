"""How soon the page at `/` shows what is in a picture, what it weighs, and how it fares in a crowd.

    python benchmarks/studio.py [--quick]

A real server, and Debian's Chromium without a screen: both have two cores between them here, so the
browser takes some of what the server could. Times are the browser's own marks, from the moment
when the page is given the file.
"""

from __future__ import annotations

import argparse
from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from peers import foveate
from recognise import photo
from results import Check, Outcome, Table, tell
from servers import serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser, Page, Response

NAME, TITLE = "studio", "The studio in a browser"
CHROMIUM: Final = Path("/usr/bin/chromium")
ATTRIBUTES: Final = "age gender emotion race"
BOXES_MS, ALL_MS = 150, 600
PAGE_KB, PAINT_MS, LONG_MS = 150, 300, 50
CROWD: Final = 20
PATIENT_MS: Final = 120_000
BUSY: Final = 503
WATCH: Final = """
globalThis.seen = { long: [], shift: 0 };
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) seen.long.push([each.startTime, each.duration]);
}).observe({ type: 'longtask', buffered: true });
new PerformanceObserver((list) => {
  for (const each of list.getEntries()) if (!each.hadRecentInput) seen.shift += each.value;
}).observe({ type: 'layout-shift', buffered: true });
addEventListener('change', () => performance.mark('dropped'), { capture: true });
"""
MARKS: Final = """() => Object.fromEntries(
  performance.getEntriesByType('mark').map(({ name, startTime }) => [name, startTime]))"""
WEIGHT: Final = """() => performance.getEntriesByType('resource')
  .concat(performance.getEntriesByType('navigation'))
  .filter(({ initiatorType, name }) => initiatorType !== 'img' && !name.includes('cdn-cgi'))
  .reduce((total, { transferSize }) => total + transferSize, 0)"""
PAINT: Final = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"


def measure(*, quick: bool = False) -> Outcome:
    """Return what was measured; skipped where there is no Chromium."""
    outcome = Outcome(NAME, TITLE)
    if not CHROMIUM.exists():
        outcome.skipped = "needs Debian's package chromium"
        return outcome
    with TemporaryDirectory() as folder, _opened(Path(folder)) as (browser, url):
        picture = Path(folder) / "photo.jpg"
        picture.write_bytes(photo())
        _alone(outcome, browser, url, picture, rounds=4 if quick else 20)
        _crowd(outcome, browser, url, picture)
    return outcome


@contextmanager
def _opened(folder: Path) -> Iterator[tuple[Browser, str]]:
    """Yield a browser, and the address of a server whose index knows one person."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - few have it

    (folder / "origin").mkdir()
    launch = foveate(
        folder / "origin", folder, attributes=ATTRIBUTES, people__folder=str(folder / "people")
    )
    with serving(launch) as server, sync_playwright() as playwright:
        url = f"http://127.0.0.1:{server.port}"
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context()
        answer = context.request.post(
            f"{url}/v1/people/people/faces?subject=Eileen&force=true", data=photo()
        )
        if not answer.ok:
            raise RuntimeError(f"The face was not enrolled: {answer.text()}")
        yield browser, url
        browser.close()


def _alone(outcome: Outcome, browser: Browser, url: str, picture: Path, rounds: int) -> None:
    page = _page(browser, url)
    weight, paint = page.evaluate(WEIGHT) / 1000, page.evaluate(PAINT)
    seen: list[dict[str, float]] = []
    opened = page.evaluate("performance.now()")
    for _ in range(rounds + 2):
        page.evaluate("performance.clearMarks()")
        _drop(page, picture)
        marks = page.evaluate(MARKS)
        seen.append({name: at - marks["dropped"] for name, at in marks.items()})
    shown, boxes, told = (
        median(each[name] for each in seen[2:])
        for name in ("picture-shown", "boxes-drawn", "all-told")
    )
    watched: dict[str, Any] = page.evaluate("globalThis.seen")
    longest = max((length for start, length in watched["long"] if start > opened), default=0.0)
    outcome.checks += [
        Check("drop to boxes drawn", f"<= {BOXES_MS} ms", f"{boxes:.0f} ms", boxes <= BOXES_MS),
        Check("drop to all told", f"<= {ALL_MS} ms", f"{told:.0f} ms", told <= ALL_MS),
        Check("page", f"<= {PAGE_KB} KB", f"{weight:.1f} KB", weight <= PAGE_KB),
        Check("first paint", f"<= {PAINT_MS} ms", f"{paint:.0f} ms", paint <= PAINT_MS),
        Check("layout shift", "0", f"{watched['shift']:.4f}", watched["shift"] == 0),
        Check(
            "longest task after a drop", f"<= {LONG_MS} ms", f"{longest:.0f} ms", longest <= LONG_MS
        ),
    ]
    rows = [("picture shown", shown), ("boxes drawn", boxes), ("all told", told)]
    outcome.tables.append(_table("After the drop, medians", "ms", rows))
    page.context.close()


def _table(title: str, unit: str, rows: Sequence[tuple[str, float]]) -> Table:
    return Table(title, ("what", unit), [(name, f"{value:.0f}") for name, value in rows])


def _crowd(outcome: Outcome, browser: Browser, url: str, picture: Path) -> None:
    """Let a crowd drop at once, and count what the server answered."""
    answers: Counter[int] = Counter()

    def note(response: Response) -> None:
        if "/v1/" in response.url or "cdn-cgi" in response.url:
            answers[response.status] += 1

    pages = [_page(browser, url) for _ in range(CROWD)]
    for page in pages:
        page.on("response", note)
        page.set_input_files("input[type=file] >> nth=0", picture)
    for page in pages:
        page.wait_for_selector("[data-told=all]", timeout=PATIENT_MS)
    wrong = sum(count for status, count in answers.items() if status >= 500 and status != BUSY)
    told = ", ".join(f"{count} x {status}" for status, count in sorted(answers.items()))
    outcome.checks.append(
        Check(f"{CROWD} people at once, all told", "no 5xx but 503", told, wrong == 0)
    )


def _page(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.add_init_script(WATCH)
    page.goto(url)
    page.wait_for_selector(".drop")
    page.wait_for_load_state("networkidle")
    return page


def _drop(page: Page, picture: Path) -> None:
    page.set_input_files("input[type=file] >> nth=0", picture)
    page.wait_for_selector("[data-told='']", state="attached")
    page.wait_for_selector("[data-told=all]")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    tell(measure(quick=parser.parse_args().quick))
