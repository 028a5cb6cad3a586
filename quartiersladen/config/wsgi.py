"""The door for web servers."""

import os

from django.core.wsgi import get_wsgi_application

from quartiersladen.config.sqlite import use_modern_sqlite

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quartiersladen.config.settings")
use_modern_sqlite()
application = get_wsgi_application()
