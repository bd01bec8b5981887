"""Mend what programs did to a text on its way: entities, a mistaken encoding, quotation marks that are mark-up."""

import codecs
import html
import re
from contextlib import suppress
from typing import Any

from helpers.importing.items import RULES

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z]{2,31}\d{0,2});")
_GARBLED = {encoding: re.compile(pattern) for encoding, pattern in RULES["garbled"].items()}
_LOST = {reason: re.compile(pattern) for reason, pattern in RULES["lost"].items()}
_BLOCKS = ("blockquote", "p", "div", "li")
_NO_QUOTATION = {what: re.compile(pattern) for what, pattern in RULES["no_quotation"].items()}

# a letter that an encoding lacks stands for the byte with its number
codecs.register_error("as bytes", lambda error: (bytes(map(ord, error.object[error.start : error.end])), error.end))


def mend_text(text: str) -> tuple[str, str]:
    """Return a text with its entities read and with what was decoded twice set right, and a note on what was wrong."""
    mended, n_mended = text, 0
    for _ in range(2):  # some programs do it twice
        mended = _ENTITY.sub(lambda entity: html.unescape(entity[0]), mended)
    notes = ["entities such as &amp; were read"] if mended != text else []
    for encoding, pattern in [*_GARBLED.items()] * 2:

        def mend(found: re.Match[str], encoding: str = encoding) -> str:
            if found[0].rstrip("?\ufffd") == "â€":  # of the third byte there is no letter, so that it was lost
                return "”"
            for real in ("utf-8", encoding):
                with suppress(ValueError):
                    return found[0].encode(encoding, errors="as bytes").decode(real)
            return found[0]

        mended, n = pattern.subn(mend, mended)
        n_mended += n
    if n_mended:
        notes.append(f"its encoding was mistaken before (such as â€œ for “): places mended: {n_mended}")
    notes += [reason for reason, pattern in _LOST.items() if pattern.search(mended)]
    return mended or text, "; ".join(notes)


def mark_quotations(page: str) -> tuple[Any, str]:
    """Return a page as lxml reads it, with marks in place of <q> and in a <blockquote> without them, and a note on it.

    Embedded posts, blocks that are mostly links or hold a cue, and those that a colon introduces are left as they are.
    """
    import trafilatura  # slow to load

    tree = trafilatura.load_html(page)
    quoted = [*tree.iter("q")] if tree is not None else []
    groups = [[one] for one in quoted]
    for block in tree.iter("blockquote") if tree is not None else ():
        linked = sum(len(link.text_content()) for link in block.iter("a"))
        above = "".join(map(str, block.xpath("preceding-sibling::*[1]//text() | preceding-sibling::text()[1]")))
        words, kind = block.text_content(), block.get("class", "").lower()
        is_other = _NO_QUOTATION["class"].search(kind) or _NO_QUOTATION["text"].search(words)
        if not (is_other or above.rstrip().endswith(":") or linked > len(words) / 2):
            parts = [part for part in block.iter(*_BLOCKS) if next(part.iterdescendants(*_BLOCKS), None) is None]
            groups.append([part for part in parts if part.text_content().strip()[:1] not in ("", *"—–-")])
    n_marked = sum(map(_enclose, groups))
    for one in quoted:
        one.drop_tag()
    for named in tree.findall(".//blockquote/footer") + tree.findall(".//blockquote/cite") if n_marked else ():
        named.tag, named.text = "p", f"— {(named.text or '').lstrip(' —–-')}"  # it would be left out, or run on
    return tree, f"quotation marks set for <q> or <blockquote> of the page: {n_marked}" if n_marked else ""


def _enclose(parts: list[Any]) -> bool:
    """Put quotation marks around the words of elements, an opening one in each, unless they have some."""
    if not parts or parts[0].text_content().strip()[:1] in ("", *"\"'“”‘’«»„‹›「`"):
        return False
    for part in parts:
        part.text = f"“{(part.text or '').lstrip()}"
    inner = next((one for one in reversed(parts[-1]) if one.tag not in ("footer", "cite")), None)
    if inner is None:
        parts[-1].text = f"{parts[-1].text.rstrip()}”"
    else:
        inner.tail = f"{(inner.tail or '').rstrip()}”"
    return True
