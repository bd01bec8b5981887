"""JupyterLab on a copy of the project, and a browser that opens its notebooks, as a person would."""

import contextlib
import json
import os
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
from playwright.sync_api import Locator, Page, Route, expect, sync_playwright

from helpers.run import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PICTURES = Path(os.environ.get("BROWSER_PICTURES") or ROOT / ".browser")
SETTINGS = {
    "notification": {"fetchNews": "false"},  # else a first start asks for it, in front of what the pictures are to show
    # The system's own font is a sixth wider on some machines than on others. Arial, or a font with the same widths in
    # its place, is on all of them, so that what fits on one fits on the others.
    "themes": {"overrides": {"content-font-family": "Arial, sans-serif"}},
}
LONGEST = 180_000  # ms: a notebook from a clean kernel, on two slow cores
expect.set_options(timeout=60_000)
# the notebook on screen, as JupyterLab's own model knows it; a cell out of view has no nodes to look at
NOTEBOOK = "window.jupyterapp?.shell?.currentWidget"
CELLS = f"""() => {NOTEBOOK}?.content.widgets.map((cell) => ({{
    kind: cell.model.type,
    count: cell.model.executionCount ?? null,
    outputs: cell.model.type === 'code' ? cell.model.outputs.toJSON() : [],
}}))"""
DONE = f"""() => {NOTEBOOK}?.sessionContext.session?.kernel?.status === 'idle'
    && {NOTEBOOK}?.content.widgets.every((cell) => cell.model.type !== 'code' || cell.model.executionCount)"""


def find_browser() -> str:
    """Return the browser to drive; without one, fail where CI is set, and skip elsewhere."""
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found:
        return found
    reason = f"no browser: install one of {', '.join(BROWSERS[:3])}, or name it in CHROMIUM"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@contextlib.contextmanager
def serve_lab(folder: Path, executed: Path) -> Iterator[str]:
    """Copy the project, start JupyterLab on the copy, and yield its address; the project itself is not touched.

    The notebooks in `executed` take the place of the stored ones, as trusted as if they had been run here.
    """
    for name in ("helpers", "notebooks", "seeds", "figures"):
        left_out = shutil.ignore_patterns("__pycache__", "*.pdf", "*.png")
        shutil.copytree(ROOT / name, folder / name, ignore=left_out)
    data = folder / ".jupyter" / "data"
    data.mkdir(parents=True)
    for path in executed.glob("*.ipynb"):
        shutil.copy(path, folder / "notebooks")
        NotebookNotary(data_dir=str(data)).sign(nbformat.read(path, as_version=4))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = folder / ".jupyter/config/lab/user-settings/@jupyterlab/apputils-extension"
    settings.mkdir(parents=True)
    for name, chosen in SETTINGS.items():
        (settings / f"{name}.jupyterlab-settings").write_text(json.dumps(chosen))
    own = {f"JUPYTER_{name}_DIR": str(folder / ".jupyter" / name.lower()) for name in ("CONFIG", "DATA", "RUNTIME")}
    options = [
        "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.ip=127.0.0.1", "--ServerApp.port_retries=0",
        "--IdentityProvider.token=", "--LabApp.expose_app_in_browser=True",
    ]  # fmt: skip
    with open(folder / "lab.log", "w") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "helpers.run", "lab", *options],
            cwd=folder, env={**os.environ, **own, "PYDEVD_DISABLE_FILE_VALIDATION": "1"}, stdout=log, stderr=log,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{address}/api/status", server, folder / "lab.log")
        yield address
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()


def _wait_for(address: str, server: subprocess.Popen, log: Path, seconds: int = 60) -> None:
    for _ in range(seconds * 5):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address, timeout=2).close()
            return
        if server.poll() is not None:
            break
        time.sleep(0.2)
    pytest.fail(f"JupyterLab did not start: {log.read_text()[-2000:]}")


@contextlib.contextmanager
def open_lab(address: str) -> Iterator[tuple[Page, list[str]]]:
    """Yield a page with JupyterLab that reaches `address` alone, and the list of what it asked of anywhere else."""
    path, elsewhere = find_browser(), []

    def stay_home(route: Route) -> None:
        if route.request.url.startswith((address, "data:", "blob:")):
            route.continue_()
        else:
            elsewhere.append(route.request.url)
            route.abort()

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
        context.set_default_timeout(LONGEST)
        context.route("**/*", stay_home)
        page = context.new_page()
        page.goto(f"{address}/lab/tree/notebooks")
        page.wait_for_function("() => window.jupyterapp?.restored.then(() => true)")
        yield page, elsewhere
        browser.close()


@contextlib.contextmanager
def open_notebook(page: Page, name: str) -> Iterator[None]:
    """Open a notebook in the JupyterLab on the page; close it, and end its kernel, when done."""
    opened = "async (path) => { await window.jupyterapp.commands.execute('docmanager:open', {path}); }"
    page.evaluate(opened, f"notebooks/{name}")
    page.wait_for_function(f"(name) => {NOTEBOOK}?.context?.path.endsWith(name)", arg=name)
    page.wait_for_function(f"() => {NOTEBOOK}?.context.isReady && {NOTEBOOK}.content.widgets.length > 0")
    page.wait_for_function(f"() => {NOTEBOOK}?.sessionContext.session?.kernel?.status === 'idle'")
    try:
        yield
    finally:
        page.evaluate(f"""async () => {{
            const notebook = {NOTEBOOK};
            await notebook.sessionContext.shutdown();
            notebook.context.model.dirty = false;
            notebook.close();
        }}""")


def read_cells(page: Page) -> list[dict]:
    """Return the cells as the notebook on screen holds them."""
    return page.evaluate(CELLS)


def run_all(page: Page) -> list[dict]:
    """Restart the kernel and run all cells by the menu; return the cells as the notebook then holds them."""
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Restart Kernel and Run All Cells").click()
    page.locator(".jp-Dialog button.jp-mod-accept").click()
    page.wait_for_function(
        f"() => {NOTEBOOK}?.content.widgets.some((cell) => cell.promptNode?.textContent.includes('*'))"
    )
    page.wait_for_function(DONE)
    return read_cells(page)


def run_cell(page: Page, number: int) -> Locator:
    """Run one cell again and return it, drawn."""
    page.evaluate(
        "async (i) => { const app = window.jupyterapp; app.shell.currentWidget.content.activeCellIndex = i;"
        " await app.commands.execute('notebook:run-cell'); }",
        number,
    )
    return show_cell(page, number)


def wait_until_idle(page: Page) -> None:
    """Wait until the kernel has done what the pickers asked of it."""
    page.wait_for_function(f"() => {NOTEBOOK}.sessionContext.session?.kernel?.status === 'idle'")


def show_cell(page: Page, number: int) -> Locator:
    """Scroll one cell into view and return it, drawn."""
    page.evaluate(f"async (i) => await {NOTEBOOK}?.content.scrollToItem(i, 'start')", number)
    cell = page.locator(f'.jp-NotebookPanel:not(.lm-mod-hidden) .jp-Cell[data-windowed-list-index="{number}"]')
    expect(cell).to_be_visible()
    cell.scroll_into_view_if_needed()
    return cell


def keep_picture(page: Page, name: str) -> Path:
    PICTURES.mkdir(parents=True, exist_ok=True)
    path = PICTURES / f"{name}.png"
    page.screenshot(path=path)
    return path
