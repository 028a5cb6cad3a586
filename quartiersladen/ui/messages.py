"""Short messages travel in a signed cookie, so that no visitor needs a session for them."""

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage


class CookieMessages(CookieStorage):
    """Django's, under a name that only this host can set."""

    cookie_name = f"{settings.COOKIE_PREFIX}messages"
