"""Django's settings, made from the environment (see `web.environment` for what can be set)."""

import os
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from web.environment import PROJECT, kept_secret_key, read_environment

ENVIRONMENT = read_environment(os.environ)
BASE_DIR = PROJECT
DATA_DIR = ENVIRONMENT.data_dir
DATA_DIR.mkdir(parents=True, exist_ok=True)

SECRET_KEY = ENVIRONMENT.secret_key or kept_secret_key(DATA_DIR)
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = [host.strip() for host in ENVIRONMENT.hosts.split(",") if host.strip()]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "channels",
    "csp",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "fleet.people",
    "fleet.organisations",
    "fleet.audit",
    "fleet.tokens",
    "fleet.vehicles",
    "fleet.routes",
    "fleet.permits",
    "fleet.regulations",
    "fleet.notices",
    "fleet.dispatch",
    "fleet.pupils",
    "fleet.trips",
    "fleet.ledger",
    "fleet.family",
    "fleet.feeds",
    "fleet.positions",
    "fleet.findings",
    "fleet.alarms",
    "fleet.evidence",
    "fleet.ingest",
    "fleet.duty",
    "fleet.reports",
    "ninja",
    "django_filters",
    "django_tables2",
    "web.accounts",
    "web.registry",
    "web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "web.person.origin_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "web.accounts.activity.activity_middleware",
    "web.accounts.middleware.DutyMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "web.urls"
ASGI_APPLICATION = "web.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PROJECT / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "web.navigation.navigation",
            ],
        },
    }
]

DATABASES: dict[str, Any] = {"default": ENVIRONMENT.database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SPATIALITE_LIBRARY_PATH = os.environ.get("SPATIALITE_LIBRARY_PATH", "mod_spatialite")

if ENVIRONMENT.redis_url:
    CHANNEL_LAYERS: dict[str, Any] = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [ENVIRONMENT.redis_url],
                "prefix": f"schoolrun{urlsplit(ENVIRONMENT.redis_url).path}",  # messages know no database number
            },
        }
    }
    CACHES: dict[str, Any] = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": ENVIRONMENT.redis_url,
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "OPTIONS": {"MAX_ENTRIES": 100_000},  # stamps of trips and families, and looks
        }
    }
CACHES["process"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "process",
    "OPTIONS": {"MAX_ENTRIES": 50_000},  # one for each family that looks, one for each trip that it looks at
}

AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "live"
LOGOUT_REDIRECT_URL = "login"

ACCOUNT_ADAPTER = "web.accounts.adapters.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "web.accounts.forms.SignInForm",
    "change_password": "web.accounts.forms.PasswordForm",
}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_RATE_LIMITS = {
    "login": "120/m/ip",  # a school's staff share one address; django-axes counts those that fail
    "login_failed": "5/5m/key",  # wrong codes of a second factor
}
MFA_ADAPTER = "web.accounts.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Schoolrun"
MFA_TOTP_TOLERANCE = 1
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_ALLOW_UNVERIFIED_EMAIL = True

AXES_HANDLER = "web.accounts.lock_out.TwoLimitsHandler"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"], "ip_address"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_CALLABLE = "web.accounts.lock_out.locked_page"
AXES_CLIENT_IP_CALLABLE = "web.person.address_of"
AXES_DISABLE_ACCESS_LOG = True  # the security log has it

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PROJECT / "web" / "locale"]
TIME_ZONE = ENVIRONMENT.time_zone
USE_TZ = True

MEDIA_ROOT = DATA_DIR / "documents"

STATIC_URL = "/static/"
STATICFILES_DIRS = [PROJECT / "web" / "static" / "dist"]
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.behind_https
SESSION_COOKIE_AGE = 12 * 3600
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if ENVIRONMENT.behind_https else []
SECURE_REFERRER_POLICY = "same-origin"
if ENVIRONMENT.behind_https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True

_tile_hosts = []
_tile_address = urlsplit(ENVIRONMENT.tiles.url if ENVIRONMENT.tiles else "")
if _tile_address.netloc:
    _tile_hosts = [f"{_tile_address.scheme}://{_tile_address.netloc.replace('{s}', '*')}"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:", *_tile_hosts],
        "connect-src": ["'self'", *_tile_hosts],
        "worker-src": ["'self'", "blob:"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "object-src": ["'none'"],
    }
}

PUBLIC_URL = ENVIRONMENT.public_url
MAIL_NOTICES = bool(ENVIRONMENT.smtp_url)
EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD, EMAIL_USE_TLS, EMAIL_USE_SSL = ENVIRONMENT.mail
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_from

API_REQUESTS_PER_MINUTE = 600

PUSH_SERVICES = [
    "https://fcm.googleapis.com",
    "https://*.push.services.mozilla.com",
    "https://*.push.apple.com",
    "https://*.notify.windows.com",
    *ENVIRONMENT.push_services.split(),
]
"""Where browsers may have us push to, as origins; `*` stands for anything within a name."""

CELERY_BROKER_URL = ENVIRONMENT.redis_url or "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "purge-expired-fixes": {"task": "fleet.positions.tasks.purge_expired_fixes", "schedule": 24 * 3600.0},
    "notify-expiries": {
        "task": "fleet.notices.tasks.notify_expiries",
        "schedule": crontab(hour=6, minute=30),
    },
    "send-pushes": {"task": "fleet.family.tasks.send_pushes", "schedule": 5.0},
    "generate-trips": {"task": "fleet.trips.tasks.generate_trips", "schedule": 600.0},
    "learn-arrivals": {"task": "fleet.trips.tasks.learn_arrivals", "schedule": crontab(hour=3, minute=20)},
    "watch-silences": {"task": "fleet.ingest.tasks.watch_silences", "schedule": 60.0},
    "detect-substitutes": {"task": "fleet.trips.tasks.detect_substitutes", "schedule": 60.0},
    "judge-recounted-days": {"task": "fleet.trips.tasks.judge_recounted_days", "schedule": 60.0},
    "watch-ledgers": {"task": "fleet.ledger.tasks.watch_ledgers", "schedule": 60.0},
    "escalate-alarms": {"task": "fleet.alarms.tasks.escalate_alarms", "schedule": 15.0},
    "follow-duty": {"task": "fleet.duty.tasks.follow_duty", "schedule": 60.0},
    "mail-reports": {"task": "fleet.reports.tasks.send_reports", "schedule": crontab(hour="7-19", minute=15)},
    "tell-alarms": {"task": "fleet.notices.tasks.tell_alarms", "schedule": 5.0},
    "mail-notices": {"task": "fleet.notices.tasks.send_mail", "schedule": crontab(hour="7-19", minute=0)},
}

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)  # they hold people's data
        ),
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ],
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "uvicorn.access": {"level": "WARNING"},
        "axes": {"level": "ERROR"},  # it would write user names; the security log says the same without
    },
}

SILENCED_SYSTEM_CHECKS = [
    # Debian 12 ships GDAL 3.6. Spatial references reach GDAL only from our own code, never from a request.
    "gis.W001",
]
