"""The notebooks as a person uses them: JupyterLab in a browser, Run All, look, pick, search."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from helpers import run
from tests import browser
from tests.browser import keep_picture, open_notebook, show_cell, wait_until_idle
from tests.pseudonyms import read_rows, write_rows

NOTEBOOKS = sorted(path.name for path in (run.ROOT / "notebooks").glob("*.ipynb"))
EXPLORE = "00-explore.ipynb"
WIDTHS = (1440, 1024)  # of the window: a wide screen, and a small laptop's
HOSTILE = 'The <img src=x onerror="window.hacked=1"> rebels said $x_{ <script>window.hacked=1</script> $y$ near القدس.'
SOURCES = "() => window.jupyterapp.shell.currentWidget.content.widgets.map((cell) => cell.model.sharedModel.source)"
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    browser.find_browser()
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def page(folder, seeds_run):
    """JupyterLab on a copy of the project, its notebooks just run; nothing shown may ask for anything elsewhere."""
    with (
        browser.serve_lab(folder, Path(seeds_run["out"])) as address,
        browser.open_lab(address) as (page, elsewhere),
    ):
        yield page
        assert elsewhere == []


def look_at_figures(page: Page, cells: list[dict], name: str, width: int) -> int:
    """Scroll to each figure, see that it is drawn and fits, and keep a picture; return how many there are."""
    page.set_viewport_size({"width": width, "height": 900})
    numbers = [i for i, cell in enumerate(cells) if any("image/png" in one.get("data", {}) for one in cell["outputs"])]
    for number in numbers:
        cell = show_cell(page, number)
        for picture in cell.locator(".jp-OutputArea-output img").all():
            picture.scroll_into_view_if_needed()
            expect(picture).to_be_in_viewport()
            assert picture.evaluate("(img) => img.complete && img.naturalWidth > 0")
            room = cell.locator(".jp-OutputArea").first.bounding_box()
            assert picture.bounding_box()["width"] <= room["width"] + 1
        keep_picture(page, f"{Path(name).stem}-{width}-{number:02}")
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    return len(numbers)


def check_run(page: Page) -> list[dict]:
    """Restart, run all, and see that every cell ran without an error; return the cells."""
    page.set_viewport_size({"width": 1440, "height": 900})
    cells = browser.run_all(page)
    counts = [cell["count"] for cell in cells if cell["kind"] == "code"]
    assert counts == list(range(1, len(counts) + 1))
    outputs = [output for cell in cells for output in cell["outputs"]]
    assert [one for one in outputs if one["output_type"] == "error" or one.get("name") == "stderr"] == []
    return cells


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name != EXPLORE])
def test_figures_and_tables_of_every_notebook_fit(name: str, page: Page):
    """As the tests of the notebooks ran them: a kernel gives the same outputs whoever asks."""
    with open_notebook(page, name):
        cells = browser.read_cells(page)
        show_cell(page, 0)
        keep_picture(page, f"{Path(name).stem}-1440-top")
        for width in WIDTHS:
            assert look_at_figures(page, cells, name, width)
        for number, cell in enumerate(cells):
            if any("<table" in "".join(one.get("data", {}).get("text/html", "")) for one in cell["outputs"]):
                assert fits(show_cell(page, number)), number  # no column is hidden


@pytest.fixture(scope="module")
def explored(page):
    """The notebook with the pickers, run once for all tests; its cells."""
    with open_notebook(page, EXPLORE):
        yield check_run(page)


def show_pickers(page: Page) -> tuple[Locator, Locator]:
    """Run the cell with the pickers again, so that nothing is picked; return it, scrolled into view, and its figure."""
    page.set_viewport_size({"width": 1440, "height": 900})
    cell = browser.run_cell(page, page.evaluate(SOURCES).index("explore.show_pickers(read, found)"))
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


def test_pickers_change_figure_table_and_sentences(page: Page, explored: list[dict]):
    assert look_at_figures(page, explored, EXPLORE, 1440)
    cell, figure = show_pickers(page)
    keep_picture(page, "00-explore-1440-names")
    before, actor = figure.get_attribute("src"), cell.get_by_label("Actor").input_value()
    wait_until_idle(page)
    cell.get_by_label("Actor").focus()
    page.keyboard.press("ArrowDown")  # by the keyboard alone
    expect(figure).not_to_have_attribute("src", before)
    page.keyboard.press("Tab")
    expect(cell.get_by_label("Measure")).to_be_focused()
    wait_until_idle(page)
    cell.get_by_label("Actor").select_option(actor)
    expect(figure).to_have_attribute("src", before)

    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        for measure in ("words", "tone", "sources", "roles", "names"):
            pick_measure(cell, measure)
            assert fits(cell)
            figure.scroll_into_view_if_needed()
            keep_picture(page, f"00-explore-{width}-{measure}")
            cell.locator(".dt-container").last.scroll_into_view_if_needed()
            keep_picture(page, f"00-explore-{width}-{measure}-rows")

    wait_until_idle(page)
    cell.get_by_label("Outlets").select_option([])
    expect(cell.get_by_text("no outlet is chosen")).to_be_visible()
    assert cell.locator("img").count() == 0


def test_a_row_is_picked_and_its_sentences_are_searched(page: Page, explored: list[dict]):
    cell, _ = show_pickers(page)
    wait_until_idle(page)
    numbers, lines = cell.locator(".dt-container").first, cell.locator(".dt-container").last
    told = cell.locator(".widget-html").last
    numbers.locator("tbody tr").first.focus()  # by the keyboard alone
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    second = numbers.locator("tbody tr").nth(1)
    expect(second).to_have_class(re.compile("selected"))
    expect(told).to_contain_text("The sentences behind")
    word = lines.locator("td.found").first.inner_text()
    lines.get_by_role("searchbox").fill("no such word")
    expect(lines.locator("td.found")).to_have_count(0)
    lines.get_by_role("searchbox").fill(word)
    expect(lines.locator("td.found").first).to_have_text(word)

    numbers.locator("thead th").nth(3).click()  # n, the fewest first
    clicked = numbers.locator("tbody tr").nth(1).locator("td")
    expect(clicked.nth(3)).to_have_text("1")
    outlet, name = (clicked.nth(place).inner_text() for place in (0, 1))
    wait_until_idle(page)
    clicked.nth(1).click()
    expect(told).to_have_text(f"The sentences behind {outlet} · {name}.")
    expect(lines.locator("td.found")).to_have_count(1)
    lines.scroll_into_view_if_needed()
    keep_picture(page, "00-explore-1440-row")
    wait_until_idle(page)
    clicked.nth(1).click()  # none again
    expect(told).to_contain_text("sentences of each row")


def test_no_word_of_an_article_acts(page: Page, folder: Path):
    make_hostile(folder)
    with open_notebook(page, "00-hostile.ipynb"):
        check_run(page)
        cell, _ = show_pickers(page)
        expect(cell.locator("td.around").filter(has_text="<script>").first).to_be_visible()
        for measure in ("words", "tone", "names"):
            pick_measure(cell, measure)
            expect(cell.locator(".itables_anywidget tbody td").first).to_be_visible()
        cell.locator(".itables_anywidget td").filter(has_text="<b onmouseover").first.click()
        wait_until_idle(page)
        keep_picture(page, "00-hostile")
        cell.locator(".dt-container").last.scroll_into_view_if_needed()
        keep_picture(page, "00-hostile-rows")
        assert page.evaluate("() => window.hacked") is None
        assert page.locator("mjx-container").count() == 0
        assert page.locator("img[src='x']").count() == 0


def make_hostile(folder: Path) -> None:
    """A corpus of two articles that try to act in a browser, and 00-explore on it."""
    corpus = folder / "hostile"
    corpus.mkdir()
    columns = read_rows(folder / "seeds" / "articles.csv")[0]
    rows = [
        {**dict.fromkeys(columns, ""), "article_id": f"a{i}", "source_file": f"a{i}.txt", "outlet": outlet}
        for i, outlet in enumerate(['<b onmouseover="window.hacked=1">A</b>', "$x_{ B"])
    ]
    write_rows(corpus / "articles.csv", rows)
    write_rows(corpus / "actors.csv", [{"actor": "<i>Rebels</i>", "alias": "rebels", "kind": "name", "note": ""}])
    for row in rows:
        (corpus / row["source_file"]).write_text(f"{HOSTILE}\n{HOSTILE} They won.\n", encoding="utf-8")
    shutil.copy(folder / "notebooks" / EXPLORE, folder / "notebooks" / "00-hostile.ipynb")
    path = folder / "notebooks" / "00-hostile.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace("../seeds", "../hostile"), encoding="utf-8")


def test_a_missing_browser_fails_only_where_ci_is_set(monkeypatch):
    monkeypatch.setattr("shutil.which", lambda name: None)
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no browser: install one of chromium"):
        browser.find_browser()
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no browser"):
        browser.find_browser()
