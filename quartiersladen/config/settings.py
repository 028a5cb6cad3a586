"""All settings. Values come from the environment through config/env.py and from nowhere else."""

import sys
from pathlib import Path
from secrets import token_urlsafe

import django.conf.locale
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from quartiersladen.config import languages, oidc, storage
from quartiersladen.config.env import (
    env_choice,
    env_flag,
    env_int,
    env_list,
    env_secret,
    env_text,
    env_url,
    given,
    kept_text,
)
from quartiersladen.config.logs import without_traceback_of_refusals
from quartiersladen.kernel.logs import LINE

PACKAGE = Path(__file__).resolve().parent.parent

# --- What the operator decides -------------------------------------------------------------
DATA_DIR = Path(env_text("DATA_DIR", "data")).resolve()
#: Lies in DATA_DIR while a restore is going on. Half a house is not opened.
UNFINISHED_RESTORE = "restore.part"
_is_restore = sys.argv[1:2] == ["restore"]
if (DATA_DIR / UNFINISHED_RESTORE).exists() and not _is_restore:
    raise ImproperlyConfigured(
        f"a restore into {DATA_DIR} is going on or was broken off: empty the folder, the database "
        "and the file storage, and restore again"
    )
# Unset, the key lies where a restore or `make run` has put it; a restore itself signs nothing.
SECRET_KEY_IS_OWN = bool(env_text("SECRET_KEY"))
SECRET_KEY = env_secret(
    "SECRET_KEY",
    at_least=32,
    otherwise=token_urlsafe(48) if _is_restore else kept_text(DATA_DIR / "secret_key"),
)
SECRET_KEY_FALLBACKS = env_list(
    "SECRET_KEY_FALLBACKS", kept_text(DATA_DIR / "secret_key_fallbacks")
)
DEMO = env_flag("DEMO")
BASE_URL = env_text("BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
LOG_LEVEL = env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
SQLITE_SYNCHRONOUS = env_choice("SQLITE_SYNCHRONOUS", "FULL", ("FULL", "NORMAL"))
BEHIND_PROXY = env_flag("BEHIND_PROXY")
HOST = env_text("HOST", "127.0.0.1")
PORT = env_int("PORT", 8000, at_least=1, at_most=65_535)
WEB_WORKERS = env_int("WEB_WORKERS", 1, at_least=1, at_most=64)  # processes
WEB_THREADS = env_int("WEB_THREADS", 6, at_least=1, at_most=64)  # per process
_smtp = env_url("SMTP_URL", ("smtp", "smtps"))
SMTP_URL = _smtp.geturl() if _smtp else ""
_imap = env_url("IMAP_URL", ("imap", "imaps"))
IMAP_URL = _imap.geturl() if _imap else ""
MAIL_FROM = env_text("MAIL_FROM")
MAIL_DOMAIN = env_text("MAIL_DOMAIN")
REPORTS_PER_HOUR = env_int("REPORTS_PER_HOUR", 20, at_least=1, at_most=1_000_000)
PARTNER_REPORTS_PER_HOUR = env_int("PARTNER_REPORTS_PER_HOUR", 500, at_least=1, at_most=1_000_000)
BACKUP_DIR = env_text("BACKUP_DIR")
BACKUP_DIR = str(Path(BACKUP_DIR).resolve()) if BACKUP_DIR else ""
BACKUP_KEEP_DAYS = env_int("BACKUP_KEEP_DAYS", 7, at_least=1, at_most=3_650)
BACKUP_KEEP_WEEKS = env_int("BACKUP_KEEP_WEEKS", 4, at_least=0, at_most=520)
BACKUP_PASSPHRASE = env_text("BACKUP_PASSPHRASE")
if BACKUP_PASSPHRASE:
    BACKUP_PASSPHRASE = env_secret("BACKUP_PASSPHRASE", at_least=12)
TILE_URL = env_text("TILE_URL")
TILE_ATTRIBUTION = env_text("TILE_ATTRIBUTION")

_services = {
    "DATABASE_URL": env_url("DATABASE_URL", ("sqlite", "postgres", "postgresql")),
    "STORAGE_URL": env_url("STORAGE_URL", ("file", "s3")),
    "CACHE_URL": env_url("CACHE_URL", ("redis", "rediss")),
}
for _name, _url in _services.items():
    storage.demand_package(_name, _url)
DATABASES = {
    "default": storage.database(
        _services["DATABASE_URL"],
        data_dir=DATA_DIR,
        synchronous=SQLITE_SYNCHRONOUS,
    )
}
STORAGES = {
    "default": storage.file_storage(_services["STORAGE_URL"], data_dir=DATA_DIR),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CACHES = storage.caches(_services["CACHE_URL"])

# --- The house -----------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "quartiersladen.ui",  # before allauth and Django's forms: its templates take their place
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    *oidc.apps(),
    "axes",
    "csp",
    "django_htmx",
    "django_q",
    "template_partials",
    "quartiersladen.quarters",
    "quartiersladen.accounts",
    "quartiersladen.outbox",
    "quartiersladen.files",
    "quartiersladen.backups",
    "quartiersladen.privacy",
    "quartiersladen.dossiers",
    "quartiersladen.directory",
    "quartiersladen.correspondence",
    "quartiersladen.concerns",
    "quartiersladen.mediation",
    "quartiersladen.website",
    "quartiersladen.desk",
    "quartiersladen.api",
    "quartiersladen.config",
]

# Who speaks for the personal data of which module, lowest first. A module without an entry fails
# the test that looks at every column.
PERSONAL_DATA = [
    "quartiersladen.privacy.below.ledgers.PLATFORM",
    "quartiersladen.privacy.below.quarters.HOLDER",
    "quartiersladen.privacy.below.accounts.HOLDER",
    "quartiersladen.privacy.below.outbox.HOLDER",
    "quartiersladen.privacy.below.files.HOLDER",
    "quartiersladen.privacy.below.backups.HOLDER",
    "quartiersladen.privacy.below.ledgers.HOLDER",
    "quartiersladen.dossiers.privacy.HOLDER",
    "quartiersladen.directory.privacy.HOLDER",
    "quartiersladen.correspondence.privacy.HOLDER",
    "quartiersladen.concerns.privacy.HOLDER",
    "quartiersladen.concerns.privacy_following.HOLDER",
    "quartiersladen.mediation.privacy.HOLDER",
    "quartiersladen.website.privacy.HOLDER",
    "quartiersladen.api.privacy.HOLDER",
]

# What modules hang on the dossiers of others: a link on the page, words in the journal.
DOSSIER_PARTS = ["quartiersladen.mediation.part.PART"]

# The page of a request belongs to one quarter, so that is settled before anything else looks.
MIDDLEWARE = [
    "quartiersladen.ui.middleware.ProxyMiddleware",
    "quartiersladen.ui.middleware.SafetyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "quartiersladen.ui.middleware.WritesFirstMiddleware",
    "quartiersladen.quarters.middleware.QuarterMiddleware",
    "quartiersladen.accounts.middleware.SessionMiddleware",
    "quartiersladen.quarters.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "quartiersladen.accounts.middleware.ViewerMiddleware",
    "quartiersladen.accounts.middleware.SecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "quartiersladen.ui.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "quartiersladen.config.urls"
WSGI_APPLICATION = "quartiersladen.config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
FORM_RENDERER = "quartiersladen.ui.forms.KernRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "quartiersladen.accounts.context.page",
            ],
        },
    }
]

# --- Languages and time ---------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = languages.LANGUAGES
django.conf.locale.LANG_INFO["de-simple"] = languages.LEICHTE_SPRACHE
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["quartiersladen.config.formats"]
USE_TZ = True
TIME_ZONE = "Europe/Berlin"

# --- Files and limits ------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000  # bytes, without the files
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
DATA_UPLOAD_MAX_NUMBER_FILES = 12
FILE_UPLOAD_PERMISSIONS = 0o600

# --- Sign-in -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "quartiersladen.accounts.passwords.NotOnlyHouseWords"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk:today"
ACCOUNT_ADAPTER = "quartiersladen.accounts.adapter.ClosedHouseAdapter"
SOCIALACCOUNT_ADAPTER = "quartiersladen.accounts.adapter.KnownPeopleAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_LOGOUT_REDIRECT_URL = "website:home"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = (
    False  # a mail that anybody can order for a stranger is a nuisance
)
ACCOUNT_RATE_LIMITS = {
    "login": "30/5m/ip",
    "login_failed": "8/15m/key",  # second factors of one person; axes counts passwords
    "reauthenticate": "8/15m/user",
    "change_password": "8/15m/user",
    "reset_password": "20/h/ip,3/h/key",
    "reset_password_from_key": "20/h/ip",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "add_webauthn": "quartiersladen.accounts.forms.AddKeyForm",
    "authenticate_webauthn": "quartiersladen.accounts.forms.SecondFactorKeyForm",
    "login_webauthn": "quartiersladen.accounts.forms.PasskeyForm",
    "reauthenticate_webauthn": "quartiersladen.accounts.forms.KeyAgainForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_TOTP_ISSUER = "Quartiersladen"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": oidc.sign_in_services(),
    }
}
AXES_FAILURE_LIMIT = 8
AXES_USERNAME_CALLABLE = "quartiersladen.accounts.adapter.name_at_the_door"
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True  # it would keep for ever from where each colleague works
AXES_SENSITIVE_PARAMETERS = ["username", "login", "ip_address"]
AXES_LOCKOUT_CALLABLE = "quartiersladen.ui.errors.locked_out"

# --- Safety of pages -----------------------------------------------------------------------------
_https = BASE_URL.startswith("https://")
# With this name a browser takes a cookie only from this very host, and only over HTTPS.
COOKIE_PREFIX = "__Host-" if _https else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}lang"
MESSAGE_STORAGE = "quartiersladen.ui.messages.CookieMessages"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: one long working day
SESSION_ENGINE = "quartiersladen.accounts.sessions"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "quartiersladen.ui.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_flag("HSTS_SUBDOMAINS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "object-src": [NONE],
        "worker-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([TILE_URL.split("{")[0]] if TILE_URL else [])],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- Mail, jobs, logs ---------------------------------------------------------------------------
EMAIL_BACKEND = "quartiersladen.outbox.backend.OutboxBackend"
DEFAULT_FROM_EMAIL = MAIL_FROM or "quartiersladen@localhost"
Q_CLUSTER = {
    "name": "quartiersladen",
    "orm": "default",
    "workers": 1,
    "timeout": 300,  # seconds a job may take
    "retry": 600,  # seconds after which a lost job is given out again; longer than timeout
    "max_attempts": 5,
    "ack_failures": False,
    "catch_up": False,
    "save_limit": 500,
    "poll": 1,
    "label": _("Jobs"),
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "quartiersladen.kernel.logs.MaskingFormatter",
            "format": LINE,
        }
    },
    "filters": {
        "brief": {
            "()": "django.utils.log.CallbackFilter",
            "callback": without_traceback_of_refusals,
        }
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["brief"]}
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # The queue tells every step of every job; what failed is enough.
    "loggers": {"django-q": {"level": "WARNING"}},
}

# What the operator has set, for backups: this file has read everything now.
GIVEN = given()
