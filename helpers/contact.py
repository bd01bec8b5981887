"""One page that shows every figure of a folder, small, with its name and title."""

import json
from html import escape
from pathlib import Path

from helpers.reading.files import drop_controls, write_whole

FILE = "contact-sheet.html"
_STYLE = (
    "body{margin:1.5rem;font:14px/1.35 system-ui,'Segoe UI',Arial,sans-serif;color:#1f1f1f;background:#fff}"
    "main{display:grid;grid-template-columns:repeat(auto-fill,minmax(18rem,1fr));gap:1.5rem;align-items:start}"
    "figure{margin:0}img{width:100%;height:auto;border:1px solid #e4e4e4;box-sizing:border-box}"
    "figcaption b{display:block;overflow-wrap:anywhere}figcaption span{color:#565656}"
)


def write_contact_sheet(out: Path) -> Path | None:
    """Write contact-sheet.html into a folder of figures; return its path, or None where the folder has none.

    It shows the .svg of each record (.json) with its name, its title and whether it is there at 89 mm too, and needs
    the folder beside it.
    """
    cards = [card for path in sorted(out.glob("*.json")) if (card := _make_card(path))]
    if not cards:
        return None
    page = (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>All figures</title>\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file: data:; "
        f"style-src 'unsafe-inline'\">\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>All figures: {len(cards)}</h1>\n"
        "<main>\n" + "\n".join(cards) + "\n</main>\n</body>\n</html>\n"
    )
    return write_whole(out / FILE, page.encode())


def _make_card(path: Path) -> str:
    picture = path.with_suffix(".svg")
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    if not isinstance(record, dict) or "alt" not in record or not picture.is_file():
        return ""
    refused = record.get("not_at_89_mm", "")
    width = f"183 mm; not at 89 mm: {refused}" if refused else "183 and 89 mm"
    words = [escape(drop_controls(str(words))) for words in (record["alt"], path.stem, record.get("title", ""), width)]
    return (
        f'<figure><img src="{escape(picture.name)}" alt="{words[0]}">'
        f"<figcaption><b>{words[1]}</b>{words[2]} <span>({words[3]})</span></figcaption></figure>"
    )
