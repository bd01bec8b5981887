"""A saved web page -> its article's own text, headline, author, date, outlet and address (trafilatura)."""

import re

import trafilatura

from helpers.importing.dates import parse_dates
from helpers.importing.items import Field, Item, make_item
from helpers.importing.limits import Refused
from helpers.importing.texts import decode

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?([\w-]{2,20})""", re.IGNORECASE)
_HEAD = 200_000  # characters in which a page states who it is


def read_page(content: bytes, stem: str) -> list[Item]:
    """Return the one article of a page.

    What the page states about itself in its head is `found`, what trafilatura infers from it `guessed`.
    """
    declared = _CHARSET.search(content[:4096])
    page, note = decode(content, declared[1].decode("ascii") if declared else "")
    if "\0" in page:
        raise Refused("it is not a page (a NUL character in it): save the page again")
    read = trafilatura.bare_extraction(
        re.sub(r"^\s*<\?xml[^>]*\?>", "", page),
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if read is None or not (read.text or "").strip():
        raise Refused("no article's text was found in the page: copy the text into a .txt file")
    head = " ".join(page[:_HEAD].split())
    fields = {}
    for name, value in (
        ("headline", read.title),
        ("author", read.author),
        ("published", read.date),
        ("outlet", read.sitename),
        ("url", read.url),
    ):
        if value:
            status, where = _judge(name, value, head)
            fields[name] = Field(value, status, where)
    if "published" in fields and not parse_dates([fields["published"].value])[0][0]:
        del fields["published"]
    return [make_item(read.text, fields, note=note)]


def read_markup(markup: str) -> str:
    """Return the text of a piece of HTML, a paragraph a line; empty where there is none."""
    read = trafilatura.bare_extraction(f"<html><body><article>{markup}</article></body></html>", include_comments=False)
    return (read.text or "").strip() if read else ""


def _judge(name: str, value: str, head: str) -> tuple[str, str]:
    """Tell whether the page states a value in a mark meant for it, or it was inferred."""
    stated = {
        "headline": r"og:title|<h1|\"headline\"",
        "author": r"name=[\"']?(?:author|byl)|article:author|\"author\"|rel=[\"']?author",
        "published": r"published_time|datePublished|name=[\"']?(?:date|pubdate|dc\.date)|<time",
        "outlet": r"og:site_name|\"publisher\"",
        "url": r"rel=[\"']?canonical|og:url",
    }[name]
    found = any(value[:40] in head[at.start() : at.end() + 600] for at in re.finditer(stated, head))
    return ("found", "the page's head") if found else ("guessed", "the page")
