"""Text that the office writes: a little Markdown, cleaned."""

import re

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

HEADING = re.compile(r"<(?P<slash>/?)h(?P<level>[1-6])>")
DEEPEST = 4
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "hr"}
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True})


def render(text: str) -> SafeString:
    """Return `text` as HTML with an allow list.

    Its highest heading becomes h2, however many "#" it has: the page has its own h1, and a level
    left out would lead those astray who hear the page.
    """
    html = _PARSER.render(text)
    highest = min((int(tag["level"]) for tag in HEADING.finditer(html)), default=1)
    lowered = HEADING.sub(
        lambda tag: f"<{tag['slash']}h{min(int(tag['level']) - highest + 2, DEEPEST)}>", html
    )
    clean = nh3.clean(
        lowered,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    return mark_safe(clean)  # noqa: S308 -- cleaned by nh3
