"""Signed links."""

from datetime import date, timedelta

import pytest

from quartiersladen.kernel.links import BadLink, Claim, make_token, read_token

LAST_DAY = date(2026, 3, 31)


@pytest.fixture
def token():
    return make_token("status", subject_id=42, generation=3, expires_on=LAST_DAY)


def test_a_token_opens_what_it_was_made_for(token):
    claim = read_token("status", token, today=LAST_DAY)

    assert claim == Claim(subject_id=42, generation=3)
    assert len(token) == 40


def test_without_a_last_day_it_opens_for_ever():
    token = make_token("status", subject_id=2**63, generation=65_535, expires_on=None)

    claim = read_token("status", token, today=date.max)

    assert claim == Claim(subject_id=2**63, generation=65_535)


def test_the_day_after_the_last_it_is_expired(token):
    with pytest.raises(BadLink, match="expired") as refusal:
        read_token("status", token, today=LAST_DAY + timedelta(days=1))

    assert refusal.value.expired is True


def test_it_opens_nothing_of_another_purpose(token):
    with pytest.raises(BadLink, match="not valid") as refusal:
        read_token("body", token, today=LAST_DAY)

    assert refusal.value.expired is False


@pytest.mark.parametrize("position", range(40))
def test_one_changed_character_spoils_it(token, position):
    other = "A" if token[position] != "A" else "B"
    forged = token[:position] + other + token[position + 1 :]

    with pytest.raises(BadLink, match="not valid"):
        read_token("status", forged, today=LAST_DAY)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: "",
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token + "\n",
        lambda token: token[:10] + "!" + token[10:],
        lambda token: token[:10] + "ü" + token[11:],
        lambda token: "=" * 40,
        lambda token: "../" * 13 + "x",
    ],
)
def test_malformed_tokens_are_refused(token, spoil):
    with pytest.raises(BadLink, match="not valid"):
        read_token("status", spoil(token), today=LAST_DAY)


def test_a_new_key_makes_old_links_void(token, settings):
    settings.SECRET_KEY = "another-key-" + "1" * 30

    with pytest.raises(BadLink, match="not valid"):
        read_token("status", token, today=LAST_DAY)


def test_unless_the_old_key_is_kept_as_fallback(token, settings):
    settings.SECRET_KEY_FALLBACKS = ["another-key", settings.SECRET_KEY]
    settings.SECRET_KEY = "a-third-key-" + "1" * 30

    assert read_token("status", token, today=LAST_DAY) == Claim(42, 3)
