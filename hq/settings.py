"""Django's settings for HQ: embedded SQLite in the data folder (REGULARS_HQ_DATA), served on this machine.

The schema uses nothing that PostgreSQL lacks, but only SQLite is supported so far, and another database is refused.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from hq import data_folder
from sync.wire.messages import MAX_BODY_BYTES

BASE_DIR = Path(__file__).parent
DATA = data_folder.folder()

if os.environ.get("DATABASE_URL"):
    raise ImproperlyConfigured("HQ keeps its data in its own SQLite file so far; unset DATABASE_URL.")

# Without a prepared data folder (type checks, `--help`) sessions last as long as the process.
_KEPT = DATA / "secret_key"
SECRET_KEY = data_folder.secret(DATA, "secret_key").hex() if _KEPT.exists() else secrets.token_hex(32)

DEBUG = False
# Names under which a proxy with TLS brings people and registers here (`serve --public-name`).
PUBLIC_NAMES = os.environ.get("REGULARS_HQ_HOSTS", "").split()
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", *PUBLIC_NAMES]
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in PUBLIC_NAMES]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = bool(PUBLIC_NAMES)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if PUBLIC_NAMES else None

INSTALLED_APPS = [
    "hq.console.apps.ConsoleConfig",
    "unfold.apps.BasicAppConfig",
    "hq.console.apps.HqAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "hq.devices",
    "hq.members",
    "hq.membership",
    "hq.programs",
    "hq.ledger",
    "hq.ingest",
    "hq.feed",
    "hq.occasions",
    "hq.referrals",
    "hq.segments",
    "hq.badges",
    "hq.offers",
    "hq.batches",
    "hq.limits",
    "hq.tiers",
    "hq.experiments",
    "hq.program_figures",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "hq.urls"
WSGI_APPLICATION = "hq.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "hq.sqlite_backend",
        "NAME": str(data_folder.database_path(DATA)),
        # A connection belongs to a thread of the server and stays open with it.
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # IMMEDIATE: a deferred transaction that reads first fails at once, whatever the timeout,
            # when another one commits in between.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
        },
        "TEST": {"NAME": str(DATA / "test-hq.db")},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = reverse_lazy("admin:login")

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("ro", "Română"), ("tr", "Türkçe"), ("zh-hans", "简体中文")]
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
# Found in the installed packages at start, so that there is nothing to collect.
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # Django's own logger would repeat a refused request's whole path; the views answer with their reason.
    "loggers": {"django.request": {"level": "ERROR"}},
}

UNFOLD = {
    "SITE_TITLE": _("Regulars HQ"),
    "SITE_HEADER": "Regulars HQ",
    "SITE_SYMBOL": "storefront",
    "STYLES": [lambda request: static("console/console.css")],
    "SITE_URL": None,
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {
        # The design's green and its warm greys, from light to dark.
        "primary": {
            "50": "#f1f8f5",
            "100": "#e3f1eb",
            "200": "#c2e2d5",
            "300": "#8ecfb6",
            "400": "#5ccfa8",
            "500": "#1e8a6c",
            "600": "#0c5a47",
            "700": "#0a4a3a",
            "800": "#083a2e",
            "900": "#062a21",
            "950": "#041c16",
        },
        "base": {
            "50": "#f4f3ef",
            "100": "#eceae4",
            "200": "#dcd9d1",
            "300": "#c3cac5",
            "400": "#a0a9a3",
            "500": "#7e8882",
            "600": "#5e625d",
            "700": "#474b47",
            "800": "#333a36",
            "900": "#1a1e1c",
            "950": "#111413",
        },
    },
    "SIDEBAR": {"show_search": False, "navigation": "hq.console.navigation.sidebar"},
}
