"""The Atom feed: well-formed, complete by RFC 4287, stable, and asked twice it says "unchanged"."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.joining import join, undo_join
from quartiersladen.concerns.services.release import Release, conceal_concern, release_concern
from quartiersladen.concerns.services.triage import Decision, decide_scope
from quartiersladen.concerns.states import PlacePrecision, Scope
from quartiersladen.concerns.tests.test_public_filters import WEST, show
from quartiersladen.dossiers.services.journal import note
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

A = "{http://www.w3.org/2005/Atom}"
FEED = "/anliegen.atom"


def read(answer):
    """Parse a feed of ours. A document type, where attacks begin, is never in it."""
    assert b"<!" not in answer.content
    return ET.fromstring(answer.content)  # noqa: S314 -- made by us, without a document type


def texts(parent, name):
    return [element.text for element in parent.findall(f"{A}{name}")]


def link(parent, rel):
    [found] = [e.get("href") for e in parent.findall(f"{A}link") if e.get("rel") == rel]
    return found


def is_moment(text):
    parsed = datetime.fromisoformat(text)
    return parsed.tzinfo is not None and text.endswith("Z")


def take_on(viewer, concern, now):
    concern.dossier.refresh_from_db()
    decide_scope(
        viewer=viewer,
        concern=concern,
        decision=Decision(
            scope=Scope.OURS, due_on=concern.quarter.local_day(now) + timedelta(days=3)
        ),
        version=concern.dossier.version,
        now=now,
    )


def test_every_part_that_atom_demands_is_there_once(client, quarter, mira):
    theme = make_theme(quarter, "licht")
    concern = show(mira, quarter, "Lampe", WEST, theme=theme)
    show(mira, quarter, "Bank")

    answer = client.get(FEED)
    feed = read(answer)

    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert feed.tag == f"{A}feed"
    assert feed.get("{http://www.w3.org/XML/1998/namespace}lang") == "de"
    for name in ("id", "title", "updated", "author"):
        assert len(feed.findall(f"{A}{name}")) == 1
    assert texts(feed.find(f"{A}author"), "name") == ["Quartier Ost"]
    assert texts(feed, "title") == ["Anliegen im Quartier · Ost"]
    entries = feed.findall(f"{A}entry")
    assert len(entries) == 2
    for entry in entries:
        for name in ("id", "title", "updated", "published", "content"):
            assert len(entry.findall(f"{A}{name}")) == 1
        assert texts(entry, "id")[0].startswith("urn:uuid:")
        assert all(map(is_moment, texts(entry, "updated") + texts(entry, "published")))
    ids = [texts(entry, "id")[0] for entry in entries] + texts(feed, "id")
    assert len(set(ids)) == 3
    [lamp] = [entry for entry in entries if texts(entry, "title") == ["Lampe"]]
    number = concern.dossier.reference
    assert link(lamp, "alternate") == f"http://localhost:8000/anliegen/{number}/"
    assert texts(lamp, "content") == [
        "Stand: Eingegangen, mitgeteilt am 2. März 2026\n\nLampe öffentlich"
    ]
    [category] = lamp.findall(f"{A}category")
    assert (category.get("term"), category.get("label")) == ("licht", "Straßenlicht")


def test_words_that_look_like_markup_and_signs_that_xml_cannot_hold(client, quarter, mira):
    title, text = '<b>Lampe</b> & "Co" ]]>', "a\x0bb\x1b[31m\ufffec\U0001f333 </content>"
    show(mira, quarter, title, text=text)

    [entry] = read(client.get(FEED)).findall(f"{A}entry")

    assert texts(entry, "title") == [title]
    assert texts(entry, "content")[0].endswith("\n\nab[31mc🌳 </content>")


def test_updated_is_the_last_line_that_everybody_may_read(client, quarter, mira):
    first = show(mira, quarter, "Lampe", now=NOON)
    show(mira, quarter, "Bank", now=NOON + timedelta(hours=1))

    def order():
        entries = read(client.get(FEED)).findall(f"{A}entry")
        return [(*texts(entry, "title"), *texts(entry, "updated")) for entry in entries]

    assert order() == [("Bank", "2026-03-02T13:00:00Z"), ("Lampe", "2026-03-02T12:00:00Z")]
    later = NOON + timedelta(hours=2)
    note(viewer=mira, dossier=first.dossier, text="Nur für uns", now=later)
    assert order()[0][0] == "Bank"
    take_on(mira, first, later)
    assert order() == [("Lampe", "2026-03-02T14:00:00Z"), ("Bank", "2026-03-02T13:00:00Z")]
    assert texts(read(client.get(FEED)), "updated") == ["2026-03-02T14:00:00Z"]


def test_joining_and_parting_are_news_though_nobody_else_reads_a_line_of_it(client, quarter, mira):
    concern, leader = show(mira, quarter, "Lampe"), show(mira, quarter, "Laterne")
    joined, parted = NOON + timedelta(hours=1), NOON + timedelta(hours=2)

    def latest():
        entry = read(client.get(FEED)).find(f"{A}entry")
        return texts(entry, "title"), texts(entry, "updated")

    leader.dossier.refresh_from_db()
    join(
        viewer=mira,
        leader=leader,
        concerns=[concern],
        keep=frozenset(),
        version=leader.dossier.version,
        now=joined,
    )
    assert latest() == (["Lampe"], ["2026-03-02T13:00:00Z"])
    undo_join(viewer=mira, concern=Concern.objects.get(pk=concern.pk), now=parted)
    assert latest() == (["Lampe"], ["2026-03-02T14:00:00Z"])


def test_other_public_words_are_news_and_keep_the_name_of_the_entry(client, quarter, mira):
    concern = show(mira, quarter, "Lampe")
    [before] = read(client.get(FEED)).findall(f"{A}entry")
    concern.dossier.refresh_from_db()
    release_concern(
        viewer=mira,
        concern=concern,
        release=Release("Leuchte", "Neu", PlacePrecision.NONE, frozenset(), is_checked=True),
        version=concern.dossier.version,
        now=NOON + timedelta(days=1),
    )

    [after] = read(client.get(FEED)).findall(f"{A}entry")

    assert texts(after, "id") == texts(before, "id")
    assert texts(after, "published") == texts(before, "published")
    assert texts(after, "updated") == ["2026-03-03T12:00:00Z"]


def test_the_names_stay_when_the_quarter_gets_a_host_of_its_own(client, quarter, mira, settings):
    settings.ALLOWED_HOSTS = ["testserver", "ost.example.org"]
    show(mira, quarter, "Lampe")
    before = read(client.get(FEED))
    Quarter.objects.update(host="ost.example.org")

    after = read(client.get(FEED, headers={"host": "ost.example.org"}))

    assert texts(after, "id") == texts(before, "id")
    [one], [other] = (feed.findall(f"{A}entry") for feed in (before, after))
    assert texts(one, "id") == texts(other, "id")
    assert link(other, "alternate").startswith("http://ost.example.org/anliegen/2026-")


def test_the_same_number_in_two_quarters_is_two_entries(client, quarter, mira):
    show(mira, quarter, "Lampe")
    west = make_quarter("west", created_at=datetime(2026, 1, 1, tzinfo=UTC))
    Quarter.objects.filter(pk=west.pk).update(is_default=False)
    [ours] = read(client.get(FEED)).findall(f"{A}entry")
    Concern.objects.update(quarter=west)
    Concern.objects.get().dossier.__class__.objects.update(quarter=west)

    [theirs] = read(client.get("/q/west/anliegen.atom")).findall(f"{A}entry")

    assert texts(ours, "id") != texts(theirs, "id")
    assert "/q/west/anliegen/2026-" in link(theirs, "alternate")
    assert link(read(client.get("/q/west/anliegen.atom")), "self").endswith(
        "/q/west/anliegen.atom"
    )


def test_it_is_narrowed_as_the_list_and_says_so_in_its_links(client, quarter, mira):
    make_theme(quarter, "licht")
    show(mira, quarter, "Lampe", theme=quarter.themes.get())
    show(mira, quarter, "Bank")

    feed = read(client.get(FEED, {"thema": "licht", "von": "x", "vor": "y"}))

    assert [texts(e, "title") for e in feed.findall(f"{A}entry")] == [["Lampe"]]
    assert link(feed, "self").endswith("/anliegen.atom?thema=licht")
    assert link(feed, "alternate").endswith("/anliegen/?thema=licht")
    assert texts(feed, "id") != texts(read(client.get(FEED)), "id")


def test_it_speaks_the_language_that_its_address_names(client, quarter, mira):
    show(mira, quarter, "Lampe")

    page = client.get("/anliegen/?q=lampe&lang=tr").content.decode()
    feed = read(client.get(FEED, {"q": "lampe", "lang": "tr"}))
    simple = read(client.get(FEED, {"lang": "de-simple"}))

    assert 'href="/anliegen.atom?q=lampe&amp;lang=tr"' in page
    language = "{http://www.w3.org/XML/1998/namespace}lang"
    assert (feed.get(language), simple.get(language)) == ("tr", "de")
    [entry] = feed.findall(f"{A}entry")
    assert texts(entry, "content")[0].startswith("Durum: ")
    assert link(feed, "self").endswith("?q=lampe&lang=tr")


def test_unchanged_it_is_not_sent_again(client, quarter, mira):
    concern = show(mira, quarter, "Lampe")
    answer = client.get(FEED)
    asked = {"If-None-Match": answer.headers["ETag"]}

    same = client.get(FEED, headers=asked)
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", answer["ETag"])
    assert client.get(FEED, {"q": "lampe"}, headers=asked).status_code == 200
    assert client.get(FEED).content == answer.content
    take_on(mira, concern, NOON)
    assert client.get(FEED, headers=asked).status_code == 200


def test_a_changed_setting_is_sent_anew(client, quarter, mira):
    show(mira, quarter, "Lampe")
    asked = {"If-None-Match": client.get(FEED).headers["ETag"]}
    assert client.get(FEED, headers=asked).status_code == 304

    # Whatever writes below the dossiers leaves a line in the trail.
    leave_trail(
        quarter=quarter, by_id=mira.user_id, deed="theme saved", subject="x", data={}, now=NOON
    )

    assert client.get(FEED, headers=asked).status_code == 200


def test_nothing_hidden_is_in_it_and_an_empty_one_is_a_feed(client, quarter, mira):
    concern = show(mira, quarter, "Lampe")
    conceal_concern(
        viewer=mira,
        concern=concern,
        version=type(concern.dossier).objects.get().version,
        now=NOON,
    )

    feed = read(client.get(FEED))

    assert feed.findall(f"{A}entry") == []
    assert texts(feed, "updated") == ["2026-03-02T12:00:00Z"]


def test_pages_lead_to_it(client, quarter):
    page = client.get("/anliegen/").content.decode()

    assert 'type="application/atom+xml"' in page
    assert page.count('href="/anliegen.atom"') == 2
