"""Text that the office writes: a little Markdown, cleaned."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "h2", "h3", "h4", "blockquote", "hr"}
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True})


def render(text: str) -> SafeString:
    """Return `text` as HTML with an allow list; "#" begins at h2, the page has its own h1."""
    lowered = _PARSER.render(text)
    for level in (3, 2, 1):
        lowered = lowered.replace(f"<h{level}>", f"<h{level + 1}>")
        lowered = lowered.replace(f"</h{level}>", f"</h{level + 1}>")
    clean = nh3.clean(
        lowered,
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel="noopener",
    )
    return mark_safe(clean)  # noqa: S308 -- cleaned by nh3
