"""Demo data: the office's own pages, complete in the first quarter, with gaps in the second."""

from datetime import datetime

from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.queries import viewer_for
from quartiersladen.accounts.states import Role
from quartiersladen.quarters.models import Quarter
from quartiersladen.website.services import Draft, save_page
from quartiersladen.website.states import PageKey

COMPLETE = {
    PageKey.IMPRINT: Draft(
        body={
            "de": "Dies ist eine Demonstration mit erfundenen Personen und Firmen.",
            "en": "This is a demonstration with invented people and firms.",
            "ar": "هذا عرض توضيحي بأشخاص وشركات من الخيال.",
        },
        facts={
            "provider": "Werkstatt für Nachbarschaft (Beispiel) gGmbH",
            "street_address": "Eisenbahnstraße 66, 04315 Leipzig",
            "representative": "Karla Wendisch, Geschäftsführerin",
            "email": "quartier@leipziger-osten.example.org",
            "phone": "030 23125 010",
            "responsible_person": "Karla Wendisch, Eisenbahnstraße 66, 04315 Leipzig",
            "client": "Stadt Leipzig",
        },
        is_published=True,
    ),
    PageKey.PRIVACY: Draft(
        body={
            "de": "## Was wir aufschreiben\n\nWas Sie uns sagen, den Ort und, wenn Sie möchten, wie"
            " wir Sie erreichen. Ein Konto brauchen Sie nicht.\n\n## Wer es sieht\n\nDas"
            " Quartiersbüro. Eine zuständige Stelle bekommt Ihre Kontaktdaten nur, wenn Sie"
            " zugestimmt haben.\n\n## Was wir nicht tun\n\nKeine Werbung, keine Auswertung Ihres"
            " Verhaltens, keine Inhalte von fremden Servern.",
            "en": "## What we write down\n\nWhat you tell us, the place and, if you like, how we can"
            " reach you. You need no account.\n\n## Who sees it\n\nThe neighbourhood office. A"
            " responsible body gets your contact data only if you agreed.\n\n## What we do not"
            " do\n\nNo advertising, no tracking, no content from other servers.",
            "ar": "## ماذا نسجّل\n\nما تقولونه لنا، والمكان، وكيف نصل إليكم إن أردتم. لا تحتاجون إلى"
            " حساب.\n\n## من يرى ذلك\n\nمكتب الحي فقط. ولا تحصل الجهة المسؤولة على بيانات الاتصال إلا"
            " بموافقتكم.\n\n## ما لا نفعله\n\nلا إعلانات ولا تتبّع ولا محتوى من خوادم أخرى.",
        },
        facts={
            "controller": "Werkstatt für Nachbarschaft (Beispiel) gGmbH, Eisenbahnstraße 66,"
            " 04315 Leipzig",
            "officer": "datenschutz@leipziger-osten.example.org",
            "purpose": "Bearbeitung von Anliegen; Art. 6 Abs. 1 Buchst. e DSGVO; die Weitergabe von"
            " Kontaktdaten nur mit Einwilligung nach Buchst. a",
            "retention": "Kontaktdaten 180 Tage nach dem Abschluss, nicht bestätigte"
            " E-Mail-Adressen 72 Stunden",
            "rights": "Auskunft, Berichtigung, Löschung, Einschränkung, Widerspruch, Widerruf der"
            " Einwilligung",
            "authority": "Sächsische Datenschutz- und Transparenzbeauftragte",
        },
        is_published=True,
    ),
    PageKey.ACCESSIBILITY: Draft(
        body={
            "de": "Diese Seiten sollen alle benutzen können: mit Tastatur, Vorlesegerät, großer"
            " Schrift, ohne JavaScript und in mehreren Sprachen.",
            "en": "Everybody shall be able to use these pages: by keyboard, screen reader, large"
            " print, without JavaScript and in several languages.",
            "ar": "يجب أن يستطيع الجميع استخدام هذه الصفحات: بلوحة المفاتيح، وبقارئ الشاشة، وبخط"
            " كبير، وبدون جافاسكربت، وبعدة لغات.",
        },
        facts={
            "conformity": "Diese Demonstration ist nicht förmlich geprüft.",
            "checked_on": "Selbstbewertung mit automatischer Prüfung vor jeder Veröffentlichung",
            "feedback": "quartier@leipziger-osten.example.org, 030 23125 010",
            "supervision": "Durchsetzungsstelle beim Land (Beispiel)",
        },
        is_published=True,
    ),
    PageKey.WHAT_WE_DO: Draft(
        body={
            "de": "## Das tun wir\n\n- Wir hören zu und schreiben auf, was Sie stört oder was Sie"
            " sich wünschen.\n- Wir geben es an die Stelle weiter, die handeln kann.\n- Wir fragen"
            " nach, bis es eine Antwort gibt.\n- Wir helfen, wenn Sie selbst etwas auf die Beine"
            " stellen möchten.\n\n## Das tun wir nicht\n\n- Wohnungen oder Läden vermitteln.\n-"
            " Häuser oder Plätze sanieren.\n- Aufgaben von Polizei und Ämtern übernehmen. Wir sagen"
            " Ihnen aber, wer zuständig ist.",
            "en": "## What we do\n\n- We listen and write down what bothers you or what you wish"
            " for.\n- We pass it on to whoever can act.\n- We ask again until there is an answer.\n-"
            " We help if you want to start something yourself.\n\n## What we do not do\n\n- Find"
            " flats or shops.\n- Renovate houses or squares.\n- Take over tasks of the police or"
            " the city. But we tell you who is responsible.",
            "ar": "## ما نفعله\n\n- نستمع ونكتب ما يزعجكم أو ما تتمنونه.\n- ننقله إلى الجهة القادرة"
            " على التصرف.\n- نسأل مجددًا حتى يأتي جواب.\n- نساعدكم إذا أردتم أن تبدؤوا مشروعًا"
            " بأنفسكم.\n\n## ما لا نفعله\n\n- البحث عن شقق أو محلات.\n- ترميم البيوت أو الساحات.\n-"
            " القيام بمهام الشرطة أو البلدية. لكننا نقول لكم من المسؤول.",
        },
        facts={},
        is_published=True,
    ),
}
WITH_GAPS = {
    PageKey.IMPRINT: Draft(
        body={"de": "Dies ist eine Demonstration mit erfundenen Personen und Firmen."},
        facts={
            "provider": "Bildungswerk Elbe (Beispiel) gGmbH",
            "street_address": "Heidestraße 20, 06842 Dessau-Roßlau",
            "email": "quartier@leipziger-tor.example.org",
        },
        is_published=True,
        publish_anyway=True,
    ),
    PageKey.PRIVACY: Draft(
        body={"de": "Dieser Text wird gerade geschrieben."}, facts={}, is_published=False
    ),
    PageKey.WHAT_WE_DO: Draft(
        body={
            "de": "Wir sind Anlaufstelle für alle, die am Leipziger Tor leben oder arbeiten, und"
            " begleiten Sie bei eigenen Vorhaben."
        },
        facts={},
        is_published=True,
    ),
}
PAGES = {"leipziger-osten": COMPLETE, "am-leipziger-tor": WITH_GAPS}


def load(now: datetime) -> None:
    """Let the lead of each quarter save its pages."""
    for quarter in Quarter.objects.filter(slug__in=PAGES):
        lead = Membership.objects.select_related("user").get(quarter=quarter, role=Role.LEAD)
        viewer = viewer_for(lead.user, quarter.pk, quarter.local_day(now))
        for key, draft in PAGES[quarter.slug].items():
            save_page(viewer=viewer, quarter=quarter, key=key, draft=draft, version=0, now=now)
