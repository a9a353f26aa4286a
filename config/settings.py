"""
The wiring. Everything that differs between machines comes from the environment.

`GUICHET_ENV` is development (default), test or production; production refuses to start on what is
missing or made for development (`config/environment/`). `docs/running.md` lists every variable.
"""

import os
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import structlog
import yaml
from csp.constants import NONE, SELF
from django.conf import locale
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from config import environment, reaching

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT = environment.named(os.environ)
PRODUCTION = ENVIRONMENT == "production"
TESTING = ENVIRONMENT == "test"
DEBUG = False
COUNTRY_CODE = os.environ.get("COUNTRY", "rw").lower()
# Whose phones are sent codes beside the country's own: regions by ISO 3166, such as "BI KE".
CODE_COUNTRIES = tuple(os.environ.get("CODE_COUNTRIES", "").split())
# Books to learn on, filled by `bad_day`: every screen says so.
PRACTICE = os.environ.get("PRACTICE") == "1"
COUNTRIES = BASE_DIR / "countries"
_PACK = COUNTRIES / COUNTRY_CODE

_wiring = environment.read(os.environ, rails=environment.rails_of(_PACK))
SECRET_KEY = _wiring.secret_key
FIELD_KEYS = _wiring.field_keys
INDEX_KEY = _wiring.index_key
NEXT_INDEX_KEY = _wiring.next_index_key
AUDIT_KEYS = _wiring.audit_keys
SITE_URL = _wiring.site_url
SANDBOX_URL = _wiring.sandbox_url
_var = BASE_DIR / "var" / (COUNTRY_CODE + "-practice" * PRACTICE)
VAR_DIR = Path(os.environ.get("VAR_DIR", _var))
FILES_DIR = Path(os.environ.get("FILES_DIR", VAR_DIR / "files"))
# Where files lie: "local" (the folder above) or "s3" (a bucket of an object store).
FILES_STORAGE: str = _wiring.files_storage
# A virus scanner that speaks clamd's protocol: tcp://host:port or unix:///path; empty: none.
CLAMD_ADDRESS: str = environment.scanner(os.environ)
S3_ENDPOINT: str = _wiring.object_store["S3_ENDPOINT"]
S3_BUCKET: str = _wiring.object_store["S3_BUCKET"]
S3_REGION: str = _wiring.object_store["S3_REGION"]
S3_ACCESS_KEY: str = _wiring.object_store["S3_ACCESS_KEY"]
S3_SECRET_KEY: str = _wiring.object_store["S3_SECRET_KEY"]
PKI_DIR = Path(os.environ.get("PKI_DIR", VAR_DIR / "pki"))
# Where banks put statements, one folder a rail.
STATEMENTS_DIR = Path(os.environ.get("STATEMENTS_DIR", VAR_DIR / "statements"))
# Who stamps papers with the time (RFC 3161), in the order in which they are asked. None is named in
# tests: a paper that nobody stamps is sealed all the same.
TIMESTAMP_AUTHORITIES: list[dict[str, Any]] = environment.timestamp_authorities(
    os.environ, usual="" if PRODUCTION or TESTING else f"{SANDBOX_URL}/tsa 1"
)
if _custody := os.environ.get("DOCUMENTS_CUSTODY", ""):
    DOCUMENTS_CUSTODY = _custody
# The roots (PEM) that papers' signatures must lead to; development's own if nothing is said.
PKI_ROOTS = os.environ.get("PKI_ROOTS", "")
# The hardware module with the keys, where the custody is pkcs11; secrets lie in files, not here.
PKCS11_MODULE = os.environ.get("PKCS11_MODULE", "")
PKCS11_TOKEN = os.environ.get("PKCS11_TOKEN", "")
PKCS11_PIN_FILE = os.environ.get("PKCS11_PIN_FILE", "")
# The signing service with the keys, where it is csc.
CSC_URL = environment.signing_service(os.environ, usual="" if PRODUCTION else f"{SANDBOX_URL}/csc")
CSC_VERSION = os.environ.get("CSC_VERSION") or "v1"
CSC_TOKEN_FILE = os.environ.get("CSC_TOKEN_FILE", "")
CSC_PIN_FILE = os.environ.get("CSC_PIN_FILE", "")

_site = urlsplit(SITE_URL)
ALLOWED_HOSTS = [_site.hostname or "127.0.0.1"]
if not PRODUCTION:
    ALLOWED_HOSTS += ["127.0.0.1", "localhost", "testserver"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "config",
    "workers",
    "reports",
    "applications",
    "catalogue",
    "payments",
    "documents",
    "notifications",
    "accounts",
    "registers",
    "places",
    "design",
    "kernel",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "config.telling.RequestTold",
    "config.defences.Defences",
    "config.limits.BodyLimit",
    "django.middleware.security.SecurityMiddleware",
    "config.road.CallbackRoad",
    "config.practice.NamedPractice",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "design.serving.Stylesheet",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    # In this order: what says whether a page is the same is reckoned before it is squeezed.
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.pages.middleware.AccessMiddleware",
    "config.defences.Throttles",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FORM_RENDERER = "design.forms.GuichetRenderer"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "design.context_processors.house",
            ],
        },
    }
]


def database(url: str) -> dict[str, Any]:
    """
    Read postgresql://user:password@host:port/name; PostgreSQL is the only engine.

    How TLS is asked for may follow, as libpq names it: ?sslmode=verify-full&sslrootcert=/a/file. A
    host that is a folder, %2Frun%2Fpostgresql, is the one with the database's socket.
    """
    parts = urlsplit(url)
    tls = {
        name: value for name, value in parse_qsl(parts.query) if name in environment.TLS_OF_DATABASE
    }
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must be a postgresql:// address.")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"connect_timeout": 3, "application_name": "guichet", **tls},
    }


# Two logins: the owner migrates, the application can neither update nor delete append-only rows.
_AS_OWNER = os.environ.get("GUICHET_AS_OWNER") == "1"
_database_url = _wiring.database_url
if _AS_OWNER:
    _database_url = _wiring.owner_database_url or _database_url
DATABASES = {"default": database(_database_url)}
if not _AS_OWNER and not TESTING:
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 0,
        "max_size": int(os.environ.get("DATABASE_POOL", "8")),
        "timeout": 5,
    }
ATOMIC_REQUESTS = False

REDIS_URL = _wiring.redis_url

AUTH_USER_MODEL = "accounts.Account"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
LOGIN_URL = "accounts:sign_in"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
# Length and a list of known passwords; no rules of composition (NIST SP 800-63B, 3.1.1.2).
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.validators.ContextWords"},
    # An offline list of stolen passwords, where the installation has one.
    {
        "NAME": "accounts.validators.Breached",
        "OPTIONS": {"path": os.environ.get("BREACHED_PASSWORDS", "")},
    },
]
# Whether staff must have a second factor ("required") or may ("offered"); who has one must use it.
STAFF_SECOND_FACTOR = "required" if PRODUCTION else os.environ.get("STAFF_SECOND_FACTOR", "offered")
# ASVS 7.3: a working day at most, whoever it is; at the desk half an hour without a page ends it.
SESSION_LIFE = timedelta(hours=12)
STAFF_IDLE = timedelta(minutes=30)
# A citizen goes away to pay and comes back; who proved herself on a shared phone is forgotten soon.
CITIZEN_IDLE = timedelta(hours=4)
PROOF_IDLE = timedelta(hours=1)
SESSION_COOKIE_AGE = int(SESSION_LIFE.total_seconds())
if PRODUCTION:
    # A browser takes such a name only with Secure, for this host alone: no neighbour can plant one.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_NAME = "__Host-language" if PRODUCTION else "language"
LANGUAGE_COOKIE_SAMESITE = "Lax"

_secure = _site.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _secure or PRODUCTION
SECURE_SSL_REDIRECT = PRODUCTION
# Asked on this machine past the proxy, maybe through a socket, where nobody names a scheme.
SECURE_REDIRECT_EXEMPT = [r"^api/(health|ready|metrics)/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = PRODUCTION
SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
# Whom to tell of a hole: an address of mail or of a page (RFC 9116); without one nobody is named.
SECURITY_CONTACT = environment.security_contact(
    os.environ, usual="" if PRODUCTION else "mailto:security@guichet.example"
)
# Whether what a proxy says of a request may be believed: its scheme, its id.
BEHIND_PROXY = os.environ.get("TRUSTED_PROXY") == "1"
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- Words, times, numbers: the country pack says which -------------------------------------
_pack = yaml.safe_load((_PACK / "country.yaml").read_text(encoding="utf-8"))
TIME_ZONE = _pack["time_zone"]
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = _pack["default_language"]
# Django ships no Kinyarwanda and no Kirundi.
EXTRA_LANGUAGES = {
    "rw": {"bidi": False, "code": "rw", "name": "Kinyarwanda", "name_local": "Kinyarwanda"},
    "rn": {"bidi": False, "code": "rn", "name": "Kirundi", "name_local": "Ikirundi"},
}
locale.LANG_INFO.update(EXTRA_LANGUAGES)
_LANGUAGE_NAMES = {
    "en": _("English"),
    "fr": _("French"),
    "rw": _("Kinyarwanda"),
    "rn": _("Kirundi"),
    "sw": _("Swahili"),
}
LANGUAGES = [
    (code, environment.language_name(code, ours=_LANGUAGE_NAMES, known=locale.LANG_INFO))
    for code in _pack["languages"]
]
# Every string has its words in these; in the others a page falls back to English, and says so.
WHOLE_LANGUAGES = ("en", "fr")
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["design.formats"]

STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", VAR_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = TESTING

DATA_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 400
FILE_UPLOAD_MAX_MEMORY_SIZE = 6 * 1024 * 1024

# --- Work in the background: the database remembers, Celery only hurries ----------------------
OUTBOX_WAKE = "workers.tasks.wake"

# --- The outside world, behind gateways; in development the sandbox plays it ------------------
GATEWAYS: dict[str, dict[str, Any]] = _wiring.gateways
# The state's own directory of its people (OpenID Connect); without an issuer there is none.
DIRECTORY: dict[str, Any] = environment.directory(os.environ)
# Which hosts may be spoken to, and what for; every other is refused before it hears anything.
OUTGOING: dict[str, frozenset[str]] = reaching.hosts(
    os.environ,
    wired={
        "registers": [GATEWAYS[register] for register in ("population", "civil", "criminal")],
        "sms": GATEWAYS["sms"],
        "rails": GATEWAYS["rails"],
        "directory": DIRECTORY,
        "stamps": TIMESTAMP_AUTHORITIES,
        "signing": CSC_URL,
    },
    production=PRODUCTION,
)
OUTGOING_NEAR: frozenset[str] = reaching.near(os.environ)
# The authority (PEM) of the machine's own net: neighbours in it prove themselves by it alone.
NEIGHBOUR_ROOTS = os.environ.get("NEIGHBOUR_ROOTS", "")
# Our key and certificate (PEM), shown to whoever beyond that net asks who calls.
OUTGOING_CERTIFICATE = os.environ.get("OUTGOING_CERTIFICATE", "")
# What the web servers show; named here too, as operators are told when it ends.
SERVING_CERTIFICATE = os.environ.get("GRANIAN_SSL_CERTIFICATE", "")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["kernel.parsing.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "config.api_schema.Schema",
    "EXCEPTION_HANDLER": "config.problems.handle",
    "DEFAULT_THROTTLE_RATES": {"inquiry": "120/min", "verification": "60/min", "track": "30/min"},
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Guichet",
    "DESCRIPTION": "What machines may ask: bills, papers, the state of a case, health.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.problems.describe",
    ],
    "ENUM_NAME_OVERRIDES": {
        "CaseStatus": "applications.states.Status",
        "RemittanceState": "payments.states.RemittanceState",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache"
        if TESTING
        else "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "guichet" if TESTING else REDIS_URL,
        # A cache that hangs must not hold a page: whatever it would say can be done without.
        "OPTIONS": {} if TESTING else {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}

# --- Watched by operators (docs/running.md) ---------------------------------------------------
# Who scrapes /api/metrics/ shows this; without one there are no metrics.
METRICS_TOKEN = environment.metrics_token(os.environ)
# Where the web processes of one server keep what they count, apart from those of any other.
METRICS_DIR = VAR_DIR / "metrics" / f"{socket.gethostname()}-{os.getppid()}"
if METRICS_TOKEN:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(METRICS_DIR)

# Where traces go, OTLP over http; the exporter reads the same variable and its neighbours.
TRACES_ENDPOINT = environment.traces(os.environ)

SILENCED_SYSTEM_CHECKS: list[str] = []

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.JSONRenderer(),
    ],
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"nameless": {"()": "kernel.logs.NamelessFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "nameless"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    # An address may hold what a person typed: requests are logged by the web server, pathless.
    # What pyHanko says of a certificate begins with its holder's name.
    "loggers": {
        "django.request": {"level": "ERROR"},
        "pyhanko": {"level": "CRITICAL"},
        "pyhanko_certvalidator": {"level": "CRITICAL"},
    },
}
