"""Prose: articles in Markdown as HTML, without any of the writer's own; with wording.py all that builds Markup."""

from functools import lru_cache

from markdown_it import MarkdownIt
from markupsafe import Markup

_reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable(["image", "html_block", "html_inline"])
FIRST_LEVEL, LAST_LEVEL = 2, 4  # the page has its own h1


@lru_cache(256)
def prose(text):
    """HTML of a text: paragraphs, headings below that of the page, lists, emphasis, code, and safe links."""
    tokens = _reader.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + FIRST_LEVEL - 1, LAST_LEVEL)}"
        for part in token.children or ():
            if part.type == "link_open" and not str(part.attrGet("href")).startswith("/"):
                part.attrSet("rel", "nofollow noopener noreferrer")
    return Markup(_reader.renderer.render(tokens, _reader.options, {}))  # noqa: S704 it escapes what it does not make itself
