"""Addresses of the desk."""

from django.urls import path

from quartiersladen.concerns.views_office import (
    deeds,
    entry,
    joint,
    lists,
    paper,
    passing_on,
    photos,
    poster,
    quarantine,
    scope_rules,
    talks,
)

CASE = "buero/anliegen/<str:reference>/"
patterns = [
    path("buero/anliegen/", lists.office_list, name="office_list"),
    path("buero/anliegen/neu/", entry.office_new, name="office_new"),
    path("buero/anliegen/plakat/", poster.poster, name="poster"),
    path("buero/anliegen/plakat.pdf", poster.poster_file, name="poster_pdf"),
    path(CASE, deeds.office_detail, name="office_detail"),
    path(CASE + "beleg/", entry.receipt, name="receipt"),
    path(CASE + "zettel/", entry.right_address_sheet, name="right_address_sheet"),
    path(CASE + "sammeln/", joint.joint, name="joint"),
    path(CASE + "brief/", paper.letter, name="letter"),
    path(CASE + "brief.pdf", paper.letter_pdf, name="letter_pdf"),
    path(CASE + "notiz/", deeds.note, name="note"),
    path(CASE + "zuweisen/", deeds.assign, name="assign"),
    path(CASE + "einordnen/", deeds.sort, name="sort"),
    path(CASE + "zustaendigkeit/", deeds.scope, name="scope"),
    path(CASE + "termin/", deeds.plan, name="plan"),
    path(CASE + "weitergeben/", passing_on.forward, name="forward"),
    path(CASE + "nachfragen/<int:referral_id>/", deeds.ask, name="ask"),
    path(CASE + "auskunft/<int:referral_id>/", deeds.said, name="said"),
    path(CASE + "abschliessen/", deeds.close, name="close"),
    path(CASE + "wiederaufnehmen/", deeds.reopen, name="reopen"),
    path(CASE + "zurueckziehen/", deeds.withdraw, name="withdraw"),
    path(CASE + "sprache/", deeds.language, name="language"),
    path(CASE + "foto/<int:document_id>/schwaerzen/", photos.blacken, name="blacken"),
    path(CASE + "einwilligung/", deeds.consent, name="consent"),
    path(CASE + "mitgeteilt/", deeds.told, name="told"),
    path(CASE + "freigeben/", deeds.show_public, name="release"),
    path(CASE + "verbergen/", deeds.conceal, name="conceal"),
    path("buero/gespraeche/", talks.talks, name="talks"),
    path("buero/quarantaene/", quarantine.held, name="quarantine"),
    path("buero/einstellungen/gesperrt/", quarantine.blocked, name="blocked_senders"),
    path("buero/einstellungen/zustaendigkeit/", scope_rules.rules, name="scope_rules"),
    path("buero/einstellungen/zustaendigkeit/neu/", scope_rules.rule, name="scope_rule_new"),
    path(
        "buero/einstellungen/zustaendigkeit/<int:key>/",
        scope_rules.rule,
        name="scope_rule_edit",
    ),
]
