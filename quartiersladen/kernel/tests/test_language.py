"""In which language a text is written."""

import socket
import subprocess
import sys

import pytest
from django.utils import translation

from quartiersladen.kernel.language import language_name, language_of

SENTENCES = {
    "de": "Die Laterne vor unserem Haus ist seit zwei Wochen aus.",
    "en": "The street lamp in front of our house has been out for two weeks.",
    "ar": "مصباح الشارع أمام منزلنا معطل منذ أسبوعين.",
    "ru": "Уличный фонарь перед нашим домом не горит уже две недели.",
    "uk": "Вуличний ліхтар перед нашим будинком не світить уже два тижні.",
    "tr": "Evimizin önündeki sokak lambası iki haftadır yanmıyor.",
    "vi": "Đèn đường trước nhà chúng tôi đã hỏng hai tuần nay.",
}
EASY = "Die Lampe ist kaputt. Sie ist seit 2 Wochen aus. Bitte helfen Sie uns."


@pytest.mark.parametrize("code", SENTENCES)
def test_a_sentence_is_recognised(code):
    assert language_of(SENTENCES[code]) == code
    assert language_of(SENTENCES[code].upper() + "\n\n 🙂 030 23125 014") == code


def test_leichte_sprache_is_german():
    assert language_of(EASY) == "de"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        "Müll!",
        "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂",
        "1234567890 0987654321",
        "https://example.org/eine-deutsche-adresse/mit-vielen-woertern",
        "qwpx zrtk vbnm lkjh",
        "\x00\x01\ufffd\u200f\u202e",
    ],
)
def test_what_cannot_be_told_stays_open(text):
    assert language_of(text) == ""


def test_a_long_text_in_several_languages_stays_open():
    mixed = " ".join(f"{text} " * 12 for text in SENTENCES.values())[:4000]

    assert len(mixed) == 4000
    assert language_of(mixed) == ""
    assert language_of(SENTENCES["ar"] * 90 + SENTENCES["de"] * 3) == "ar"


def test_one_word_without_end_does_no_harm():
    assert language_of("ä" * 4000) in {"", "de", "fi", "et"}


def test_a_language_has_a_name_and_an_unknown_one_has_none():
    with translation.override("de"):
        names = [language_name(code) for code in ("ar", "uk", "de-simple", "mzn", "?", "")]

    assert names == ["Arabisch", "Ukrainisch", "Leichte Sprache", "", "", ""]


def test_nobody_outside_is_asked(monkeypatch):
    def refuse(*_args, **_kwargs):
        raise AssertionError("asked the network")

    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    from quartiersladen.kernel import language  # noqa: PLC0415 -- the model is loaded anew

    language._detector.cache_clear()

    assert language.language_of(SENTENCES["tr"]) == "tr"


def test_a_web_process_does_not_pay_for_the_model():
    code = "import sys, quartiersladen.kernel.language; print('fasttext' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
