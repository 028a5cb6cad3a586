"""The office's own texts."""

import pytest

from quartiersladen.kernel.markdown import render


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hallo", "<p>Hallo</p>\n"),
        ("eins\nzwei", "<p>eins<br>\nzwei</p>\n"),
        ("**laut** *leise*", "<p><strong>laut</strong> <em>leise</em></p>\n"),
        ("# Oben", "<h2>Oben</h2>\n"),
        ("# Oben\n## Darunter", "<h2>Oben</h2>\n<h3>Darunter</h3>\n"),
        ("# Oben\n### Tiefer", "<h2>Oben</h2>\n<h4>Tiefer</h4>\n"),
        ("# Oben\n###### Ganz tief", "<h2>Oben</h2>\n<h4>Ganz tief</h4>\n"),
        ("## Gleich darunter\n### Tiefer", "<h2>Gleich darunter</h2>\n<h3>Tiefer</h3>\n"),
        ("###### Nur ganz tief", "<h2>Nur ganz tief</h2>\n"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
        (
            "[Karte](https://example.org/?a=1&b=2)",
            '<p><a href="https://example.org/?a=1&amp;b=2" rel="noopener">Karte</a></p>\n',
        ),
        (
            "[Post](mailto:buero@example.org)",
            '<p><a href="mailto:buero@example.org" rel="noopener">Post</a></p>\n',
        ),
        ("", ""),
    ],
)
def test_a_little_markdown_becomes_html(text, expected):
    assert render(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("<h1>Groß</h1>", "<p>&lt;h1&gt;Groß&lt;/h1&gt;</p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>\n"),
        ("![Zähler](https://example.org/z.gif)", "<p></p>\n"),
        ("`<b onclick=x>`", "<p>&lt;b onclick=x&gt;</p>\n"),
    ],
)
def test_nothing_else_gets_through(text, expected):
    assert render(text) == expected


def test_a_relative_link_stays():
    assert render("[Kontakt](/kontakt/)") == (
        '<p><a href="/kontakt/" rel="noopener">Kontakt</a></p>\n'
    )
