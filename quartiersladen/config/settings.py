"""All settings. Values come from the environment through config/env.py and from nowhere else."""

from pathlib import Path

import django.conf.locale
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from quartiersladen.config import languages, storage
from quartiersladen.config.env import (
    env_choice,
    env_flag,
    env_int,
    env_list,
    env_secret,
    env_text,
    env_url,
)
from quartiersladen.config.logs import without_traceback_of_refusals

PACKAGE = Path(__file__).resolve().parent.parent

# --- What the operator decides -------------------------------------------------------------
SECRET_KEY = env_secret("SECRET_KEY", at_least=32)
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
DATA_DIR = Path(env_text("DATA_DIR", "data")).resolve()
DEMO = env_flag("DEMO")
BASE_URL = env_text("BASE_URL", "http://localhost:8000").rstrip("/")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
LOG_LEVEL = env_choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))
SQLITE_SYNCHRONOUS = env_choice("SQLITE_SYNCHRONOUS", "FULL", ("FULL", "NORMAL"))
BEHIND_PROXY = env_flag("BEHIND_PROXY")
HOST = env_text("HOST", "127.0.0.1")
PORT = env_int("PORT", 8000, at_least=1, at_most=65_535)
WEB_WORKERS = env_int("WEB_WORKERS", 1, at_least=1, at_most=64)  # processes
WEB_THREADS = env_int("WEB_THREADS", 4, at_least=1, at_most=64)  # per process
_smtp = env_url("SMTP_URL", ("smtp", "smtps"))
SMTP_URL = _smtp.geturl() if _smtp else ""
MAIL_FROM = env_text("MAIL_FROM")
MAIL_DOMAIN = env_text("MAIL_DOMAIN")
REPORTS_PER_HOUR = env_int("REPORTS_PER_HOUR", 20, at_least=1, at_most=1_000_000)
TILE_URL = env_text("TILE_URL")
TILE_ATTRIBUTION = env_text("TILE_ATTRIBUTION")

DATABASES = {
    "default": storage.database(
        env_url("DATABASE_URL", ("sqlite", "postgres", "postgresql")),
        data_dir=DATA_DIR,
        synchronous=SQLITE_SYNCHRONOUS,
    )
}
STORAGES = {
    "default": storage.file_storage(env_url("STORAGE_URL", ("file", "s3")), data_dir=DATA_DIR),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CACHES = {"default": storage.cache(env_url("CACHE_URL", ("redis", "rediss")))}

# --- The house -----------------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "quartiersladen.ui",  # before allauth and Django's forms: its templates take their place
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "django_q",
    "template_partials",
    "quartiersladen.quarters",
    "quartiersladen.accounts",
    "quartiersladen.outbox",
    "quartiersladen.files",
    "quartiersladen.privacy",
    "quartiersladen.dossiers",
    "quartiersladen.directory",
    "quartiersladen.correspondence",
    "quartiersladen.concerns",
    "quartiersladen.website",
    "quartiersladen.desk",
    "quartiersladen.config",
]

# The page of a request belongs to one quarter, so that is settled before anything else looks.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "quartiersladen.quarters.middleware.QuarterMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
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
LANGUAGE_COOKIE_NAME = "lang"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [PACKAGE / "locale"]
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
ACCOUNT_RATE_LIMITS = {"login_failed": ""}  # axes counts them, and its page says what to do
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_TOTP_ISSUER = "Quartiersladen"
SOCIALACCOUNT_AUTO_SIGNUP = False
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "oidc",
                "name": env_text("OIDC_NAME", "OpenID Connect"),
                "client_id": env_text("OIDC_CLIENT_ID"),
                "secret": env_text("OIDC_CLIENT_SECRET"),
                "settings": {"server_url": env_text("OIDC_ISSUER")},
            }
        ]
        if env_text("OIDC_ISSUER")
        else []
    }
}
AXES_FAILURE_LIMIT = 8
AXES_USERNAME_CALLABLE = "quartiersladen.accounts.adapter.name_at_the_door"
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_SENSITIVE_PARAMETERS = ["username", "login", "ip_address"]
AXES_LOCKOUT_CALLABLE = "quartiersladen.ui.errors.locked_out"

# --- Safety of pages -----------------------------------------------------------------------------
_https = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _https
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60  # seconds: one long working day
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "quartiersladen.ui.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
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
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
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
