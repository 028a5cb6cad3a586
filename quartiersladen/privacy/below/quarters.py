"""What quarters hold of people: nothing; an office, its rooms and themes are no persons."""

from quartiersladen.privacy.registry import Claims, Holder

OFFICE = "the office itself, published"
SETTING = "a setting"


class Quarters(Holder):
    """The tenant."""

    claims = Claims(
        other={
            **dict.fromkeys(
                (
                    "quarters.quarter.slug",
                    "quarters.quarter.host",
                    "quarters.quarter.time_zone",
                    "quarters.quarter.languages",
                    "quarters.quarter.accent",
                    "quarters.quarter.accent_dark",
                    "quarters.quarter.smtp_url",
                    "quarters.quarter.imap_url",
                    "quarters.quarter.mail_domain",
                    "quarters.theme.slug",
                    "quarters.theme.name",
                ),
                SETTING,
            ),
            **dict.fromkeys(
                (
                    "quarters.quarter.name",
                    "quarters.quarter.short_name",
                    "quarters.quarter.outline",
                    "quarters.quarter.welcome",
                    "quarters.quarter.operator",
                    "quarters.quarter.client",
                    "quarters.quarter.email",
                    "quarters.quarter.phone",
                    "quarters.quarter.street",
                    "quarters.quarter.postcode",
                    "quarters.quarter.city",
                    "quarters.quarter.mail_from",
                    "quarters.district.name",
                    "quarters.district.outline",
                    "quarters.premises.name",
                    "quarters.premises.street",
                    "quarters.premises.postcode",
                    "quarters.premises.city",
                    "quarters.premises.phone",
                    "quarters.premises.latitude",
                    "quarters.premises.longitude",
                    "quarters.premises.opening",
                    "quarters.premises.note",
                    "quarters.programmefooter.text",
                ),
                OFFICE,
            ),
        }
    )


HOLDER = Quarters()
