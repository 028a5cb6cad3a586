"""What the website holds of people: what its texts say, and they are published."""

from quartiersladen.privacy.registry import Claims, Holder


class Website(Holder):
    """Public texts."""

    claims = Claims(
        other={
            "website.sitepage.body": "published text of the office",
            "website.sitepage.facts": "published: who is responsible by law",
        }
    )


HOLDER = Website()
