"""The notebooks as a person uses them: JupyterLab on a copy of the project, a browser, Run All, look, pick, search."""

import contextlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.sign import NotebookNotary
from playwright.sync_api import Locator, Page, expect, sync_playwright

from helpers.run import ROOT

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
EXPLORE = "explore.ipynb"
WIDE = {"width": 1440, "height": 900}
SMALL = {"width": 1024, "height": 900}  # a small laptop's window: what fits there fits on a wide screen
HOSTILE = 'The <img src=x onerror="window.hacked=1"> rebels said $x_{ <script>window.hacked=1</script> $y$ near القدس.'
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# The system's own font is a sixth wider on some machines than on others. Arial, or a font with the same widths in its
# place, is on all of them, so that what fits on one fits on the others.
THEMES = {"overrides": {"content-font-family": "Arial, sans-serif"}}
# a kernel says nothing of its debugger, nor, on a slow machine, that it is still reading
QUIET = {"PYDEVD_DISABLE_FILE_VALIDATION": "1", "TQDM_DISABLE": "1"}
LONGEST = 180_000  # ms: a notebook from a clean kernel, on two slow cores
expect.set_options(timeout=60_000)
pytestmark = pytest.mark.slow
# the notebook on screen, as JupyterLab's own model knows it; a cell out of view has no nodes to look at
NOTEBOOK = "window.jupyterapp?.shell?.currentWidget"
CELLS = f"""() => {NOTEBOOK}?.content.widgets.map((cell) => ({{
    kind: cell.model.type,
    count: cell.model.executionCount ?? null,
    outputs: cell.model.type === 'code' ? cell.model.outputs.toJSON() : [],
    source: cell.model.sharedModel.source,
}}))"""
RUN_CELL = f"""async (i) => {{
    const notebook = {NOTEBOOK};
    notebook.content.activeCellIndex = i;
    await window.jupyterapp.commands.execute('notebook:run-cell');
}}"""
DONE = f"""() => {NOTEBOOK}?.sessionContext.session?.kernel?.status === 'idle'
    && {NOTEBOOK}?.content.widgets.every((cell) => cell.model.type !== 'code' || cell.model.executionCount)"""


def find_browser() -> str:
    """Return the browser to drive; without one, fail where CI is set, and skip elsewhere."""
    if found := os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None):
        return found
    reason = f"no browser: install one of {', '.join(BROWSERS[:3])}, or name it in CHROMIUM"
    (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(reason)


@contextlib.contextmanager
def serve_lab(folder: Path) -> Iterator[str]:
    """Copy the project, start JupyterLab on the copy, and yield its address; the project itself is not touched.

    The notebooks are as stored, and as trusted as if they had been run here.
    """
    for name in ("helpers", "notebooks", "seeds", "figures"):
        left_out = shutil.ignore_patterns("__pycache__", "*.pdf", "*.png")
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    data = folder / ".jupyter" / "data"
    data.mkdir(parents=True)
    for path in (folder / "notebooks").glob("*.ipynb"):
        NotebookNotary(data_dir=str(data)).sign(nbformat.read(path, as_version=4))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = folder / ".jupyter/config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    (settings / "themes.jupyterlab-settings").write_text(json.dumps(THEMES))
    own = {f"JUPYTER_{name}_DIR": str(folder / ".jupyter" / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    options = [
        "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with open(folder / "lab.log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "helpers.run", "lab", *options],
            cwd=folder, env={**os.environ, **own, **QUIET}, stdout=log, stderr=log,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{address}/api/status", timeout=2):
                break
            time.sleep(0.2)
        else:
            pytest.fail(f"JupyterLab did not start: {(folder / 'lab.log').read_text()[-2000:]}")
        yield address
    finally:
        server.terminate()
        server.wait(60)


@contextlib.contextmanager
def open_notebook(page: Page, name: str) -> Iterator[None]:
    """Open a notebook in the JupyterLab on the page; close it, and end its kernel, when done."""
    opened = "async (path) => { await window.jupyterapp.commands.execute('docmanager:open', {path}); }"
    page.evaluate(opened, f"notebooks/{name}")
    page.wait_for_function(f"(name) => {NOTEBOOK}?.context?.path.endsWith(name)", arg=name)
    page.wait_for_function(f"() => {NOTEBOOK}?.context.isReady && {NOTEBOOK}.content.widgets.length > 0")
    wait_until_idle(page)
    try:
        yield
    finally:
        page.evaluate(f"""async () => {{
            const notebook = {NOTEBOOK};
            await notebook.sessionContext.shutdown();
            notebook.context.model.dirty = false;
            notebook.close();
        }}""")


def wait_until_idle(page: Page) -> None:
    """Wait until the kernel has started, and has done what was asked of it."""
    page.wait_for_function(f"() => {NOTEBOOK}?.sessionContext.session?.kernel?.status === 'idle'")


def show_cell(page: Page, number: int) -> Locator:
    """Scroll one cell into view and return it, drawn."""
    page.evaluate(f"async (i) => await {NOTEBOOK}?.content.scrollToItem(i, 'start')", number)
    cell = page.locator(f'.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell[data-windowed-list-index="{number}"]')
    expect(cell).to_be_visible()
    return cell


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    find_browser()
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def page(folder):
    """JupyterLab on a copy of the project; nothing shown may ask for anything elsewhere."""
    asked, errors = [], []
    with serve_lab(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport=WIDE, reduced_motion="reduce")
        context.set_default_timeout(LONGEST)
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        page.goto(f"{address}/lab/tree/notebooks")
        page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")  # on a phone it leaves no room
        assert page.locator(".Toastify__toast").count() == 0  # no question about news
        yield page
        browser.close()
    assert asked and [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    # a kernel that ends while its debugger is asked is JupyterLab's own complaint
    assert [error for error in errors if "debugger" not in error] == []


def check_run(page: Page) -> None:
    """Run a notebook without outputs by the menu, and see that every cell ran without an error."""
    page.set_viewport_size(WIDE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Restart Kernel and Run All Cells").click()
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    page.wait_for_function(DONE)
    cells = page.evaluate(CELLS)
    counts = [cell["count"] for cell in cells if cell["kind"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [one for one in outputs if one["output_type"] == "error" or one.get("name") == "stderr"] == []


@pytest.mark.parametrize("name", sorted({*NOTEBOOKS} - {EXPLORE}))
def test_figures_and_tables_of_every_notebook_fit(name: str, page: Page):
    """As they are stored: test_notebooks.py sees to it that a run gives the same."""
    with open_notebook(page, name):
        assert not page.evaluate(f"() => {NOTEBOOK}.context.model.dirty")  # it opens as saved
        cells = page.evaluate(CELLS)
        shown = [{kind for one in cell["outputs"] for kind in one.get("data", {})} for cell in cells]
        drawn = [number for number, kinds in enumerate(shown) if "image/png" in kinds]
        assert drawn or name == "07-same-story.ipynb"  # no two of the seeds report one event
        page.set_viewport_size(SMALL)
        for number in drawn:
            cell = show_cell(page, number)
            for picture in cell.locator(".jp-OutputArea-output img").all():
                picture.scroll_into_view_if_needed()
                expect(picture).to_be_in_viewport()
                assert picture.evaluate("(img) => img.complete && img.naturalWidth > 0")
                room = cell.locator(".jp-OutputArea").first.bounding_box()
                assert picture.bounding_box()["width"] <= room["width"] + 1
        assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
        for number, cell in enumerate(cells):
            if any("<table" in "".join(one.get("data", {}).get("text/html", "")) for one in cell["outputs"]):
                assert fits(show_cell(page, number)), number  # no column is hidden


def test_a_click_on_a_card_shows_the_sentences_that_prove_it(page: Page):
    with open_notebook(page, "00-summary.ipynb"):
        page.set_viewport_size(WIDE)
        sources = [cell["source"] for cell in page.evaluate(CELLS)]
        [number] = [number for number, source in enumerate(sources) if "page.show_cards(" in source]
        card = show_cell(page, number).locator("details").first
        expect(card.locator("p").first).to_be_hidden()
        card.locator("summary").click()
        expect(card.locator("p b").first).to_be_visible()


@pytest.fixture(scope="module")
def explored(page):
    """The notebook with the pickers is on the page, run once for all tests."""
    with open_notebook(page, EXPLORE):
        yield check_run(page)


def show_pickers(page: Page) -> tuple[Locator, Locator]:
    """Run the cell with the pickers again, so that nothing is picked; return it, scrolled into view, and its figure."""
    page.set_viewport_size(WIDE)
    number = [cell["source"] for cell in page.evaluate(CELLS)].index("explore.show_pickers(read, **CHOSEN)")
    page.evaluate(RUN_CELL, number)
    cell = show_cell(page, number)
    figure = cell.locator("img").first
    expect(figure).to_be_visible()
    return cell, figure


def pick_measure(cell: Locator, measure: str) -> None:
    """Pick a measure, and see that figure and sentences change."""
    figure, told = cell.locator("img").first, cell.locator("td.found").first
    wait_until_idle(cell.page)
    before = figure.get_attribute("src")
    cell.get_by_label("Measure").select_option(measure)
    expect(figure).not_to_have_attribute("src", before)
    expect(told).to_be_visible()
    wait_until_idle(cell.page)


def fits(cell: Locator) -> bool:
    """Whether nothing in the cell is wider than its place."""
    boxes = ".jp-OutputArea, .jp-OutputArea-output, .widget-output, .widget-box, .dt-container"
    return cell.evaluate(
        """(cell, boxes) => [...cell.querySelectorAll(boxes)].every((box) => box.scrollWidth <= box.clientWidth + 1)""",
        boxes,
    )


def test_pickers_work_by_the_keyboard_and_every_measure_fits(page: Page, explored: None):
    cell, figure = show_pickers(page)
    before = figure.get_attribute("src")
    wait_until_idle(page)
    cell.get_by_label("Actor").focus()
    page.keyboard.press("ArrowDown")
    expect(figure).not_to_have_attribute("src", before)
    page.keyboard.press("Tab")
    expect(cell.get_by_label("Measure")).to_be_focused()
    wait_until_idle(page)
    page.set_viewport_size(SMALL)
    for measure in ("words", "tone", "sources", "roles", "names"):
        pick_measure(cell, measure)
        assert fits(cell)


def test_a_row_leads_to_its_sentences_and_these_to_their_article(page: Page, explored: None):
    cell, _ = show_pickers(page)
    wait_until_idle(page)
    numbers, lines = cell.locator(".dt-container").first, cell.locator(".dt-container").last
    numbers.locator("tbody tr").first.focus()  # by the keyboard alone
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    expect(numbers.locator("tbody tr").nth(1)).to_have_class(re.compile("selected"))
    expect(cell.locator(".widget-html").nth(1)).to_contain_text("The sentences behind")
    sentence = lines.locator("tbody tr").first
    word = sentence.locator("td.found").inner_text()
    sentence.click()
    article = cell.locator(".annotated")
    expect(article).to_be_visible()
    expect(article.locator("mark", has_text=word).first).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 900})  # a phone
    article.locator(".legend").scroll_into_view_if_needed()
    assert article.evaluate("(shown) => shown.scrollWidth <= shown.clientWidth + 1")
    saved = page.evaluate(f"() => JSON.stringify({NOTEBOOK}.context.model.toJSON())")
    assert word in lines.inner_text() and "annotated" not in saved  # nothing of the article is in the notebook


def test_no_word_of_an_article_acts(page: Page, folder: Path):
    make_hostile(folder)
    with open_notebook(page, "hostile.ipynb"):
        check_run(page)
        cell, _ = show_pickers(page)
        expect(cell.locator("td.around").filter(has_text="<script>").first).to_be_visible()
        for measure in ("words", "names"):
            pick_measure(cell, measure)
            expect(cell.locator(".itables_anywidget tbody td").first).to_be_visible()
        cell.locator(".itables_anywidget td").filter(has_text="<b onmouseover").first.click()
        wait_until_idle(page)
        cell.get_by_label("Article", exact=True).select_option(index=1)
        expect(cell.locator(".annotated").get_by_text("<script>window.hacked=1</script>").first).to_be_visible()
        assert page.evaluate("() => window.hacked") is None
        assert page.locator("mjx-container").count() == 0
        assert page.locator("img[src='x']").count() == 0


def make_hostile(folder: Path) -> None:
    """A corpus of two articles that try to act in a browser, and explore on it."""
    corpus = folder / "hostile"
    corpus.mkdir()
    outlets = 'a0,a0.txt,"<b onmouseover=""window.hacked=1"">A</b>"\na1,a1.txt,$x_{ B\n'
    for name, content in {
        "articles.csv": f"article_id,source_file,outlet\n{outlets}",
        "actors.csv": "actor,alias,kind,note\n<i>Rebels</i>,rebels,name,\n",
        **dict.fromkeys(("a0.txt", "a1.txt"), f"{HOSTILE}\n{HOSTILE} They won.\n"),
    }.items():
        (corpus / name).write_text(content, encoding="utf-8")
    explore = (folder / "notebooks" / EXPLORE).read_text(encoding="utf-8").replace("../seeds", "../hostile")
    (folder / "notebooks" / "hostile.ipynb").write_text(explore, encoding="utf-8")
