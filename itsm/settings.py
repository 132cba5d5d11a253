"""Django's settings, all of them from the environment (`itsm.env`); nothing is different between machines but that."""

import sys
from datetime import timedelta
from urllib.parse import urlsplit

import structlog

from itsm import env, logs

ENV = env.read()
BASE_DIR = env.PROJECT

# The address, and what follows from it.
BASE_URL: str = ENV["BASE_URL"]
IS_HTTPS = urlsplit(BASE_URL).scheme == "https"
DEBUG: bool = ENV["DEBUG"]
SECRET_KEY: str = ENV["SECRET_KEY"]
ALLOWED_HOSTS: list[str] = ENV["ALLOWED_HOSTS"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
ROOT_URLCONF = "itsm.urls"
WSGI_APPLICATION = "itsm.wsgi.application"
ASGI_APPLICATION = "itsm.asgi.application"
LOCAL_DIR = ENV["LOCAL_DIR"]

INSTALLED_APPS = [
    "core",
    "customers",
    "journal",
    "calendars",
    "accounts",
    "jobs",
    "approvals",
    "cmdb",
    "catalogue",
    "tickets",
    "slas",
    "automation",
    "incidents",
    "notifications",
    "live",
    "imports",
    "reporting",
    "desk",
    "portal",
    "api",
    "itsm.apps.ItsmConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "django.contrib.postgres",
    "django.forms",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "simple_history",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "core.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.preferences.PreferencesMiddleware",
    "accounts.middleware.ScopeMiddleware",
    "core.middleware.TextMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.context.installation",
            ],
        },
    }
]

# The database: the application role everywhere, the owner for `migrate` alone.
IS_MIGRATING = sys.argv[1:2] == ["migrate"]
DATABASES = {
    "default": {
        **ENV["DATABASE_OWNER_URL" if IS_MIGRATING else "DATABASE_URL"],
        "ATOMIC_REQUESTS": False,  # the scope opens the transaction
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,  # pgbouncer hands a transaction out, not a session
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "itsm.cache.FailSafeCache",
        "LOCATION": ENV["CACHE_URL"],
        "KEY_PREFIX": "itsm",
        "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
    }
}
COUNTERS_SECONDS = 5  # how old the counters beside a queue may be
CACHE_URL: str = ENV["CACHE_URL"]

# Words and time.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]  # each in its own words, whoever reads
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Files.
STATIC_URL = "/static/"
STATIC_ROOT = ENV["STATIC_ROOT"]
STATICFILES_DIRS = [path for path in [BASE_DIR / "frontend" / "dist"] if path.is_dir()]
MEDIA_ROOT = ENV["MEDIA_ROOT"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "itsm.static_files.Storage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    "jpg",
    "jpeg",
    "png",
    "gif",
    "webp",
    "zip",
    "gz",
    "br",
    "woff",
    "woff2",
    "map",
]
FILE_UPLOAD_PERMISSIONS = 0o640
BODY_LIMIT = 2_500_000  # bytes of a request without a file (docs/api.md)
ATTACHMENT_LIMIT = ENV["ATTACHMENT_MEGABYTES"] * 1_000_000  # bytes of one file
DATA_UPLOAD_MAX_MEMORY_SIZE = BODY_LIMIT
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# Who is there.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "accounts.adapter.Adapter"
ACCOUNT_FORMS = {"login": "accounts.forms.SignInForm", "reset_password": "accounts.forms.ForgottenForm"}
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=1).total_seconds())
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # the desk enters people; nobody signs up
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_CHANGE_EMAIL = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
MFA_ADAPTER = "accounts.adapter.FactorAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.SecondFactorForm",
    "login_webauthn": "accounts.forms.PasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the desk enters addresses
MFA_TOTP_ISSUER = "Clause8"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_HTTPS  # only localhost can be without https, see itsm.env
ALLAUTH_TRUSTED_PROXY_COUNT: int = ENV["PROXY_COUNT"]

# What a browser is told.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS
SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
    }
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.Caller"],
    "DEFAULT_PERMISSION_CLASSES": ["core.rest.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.PerCaller", "api.throttling.PerAddress"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.StrictJSON"],
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_SCHEMA_CLASS": "api.schema.Schema",
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "EXCEPTION_HANDLER": "api.problems.handler",
    "NUM_PROXIES": ENV["PROXY_COUNT"],
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNICODE_JSON": True,
}
API_LIMITS = {"caller": 6_000, "address": 12_000}  # requests a minute
API_IS_DESCRIBED_TO_ALL: bool = ENV["OPEN_API_DOCS"]
SPECTACULAR_SETTINGS = {
    "TITLE": "Clause8",
    "DESCRIPTION": "The service desk by REST: the same rules as on screen.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "POSTPROCESSING_HOOKS": ["api.schema.finish"],
}

# Celery. See reliability: late acknowledgement, one message at a time, nothing delayed inside the broker.
CELERY_BROKER_URL: str = ENV["BROKER_URL"]
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": int(timedelta(hours=2).total_seconds()),
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
    "socket_connect_timeout": 1,
    # A nudge from a request is tried once: by default six seconds pass before Redis is given up.
    "max_retries": 0,
    "interval_start": 0,
    "interval_step": 0,
    "health_check_interval": 25,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False  # a nudge is not worth waiting for: the sweep finds the row
CELERY_TASK_SOFT_TIME_LIMIT = int(timedelta(minutes=9).total_seconds())
CELERY_TASK_TIME_LIMIT = int(timedelta(minutes=10).total_seconds())
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1_000
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = True
CELERY_TIMEZONE = "UTC"
CELERY_ENABLE_UTC = True

# Mail: to a server, or to a folder where an administrator reads it.
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL: str = ENV["EMAIL_FROM"]
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_FILE_PATH = LOCAL_DIR / "outbox"
EMAIL_BACKEND = "notifications.outbox.FolderBackend"
if ENV["EMAIL_HOST"]:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST: str = ENV["EMAIL_HOST"]
    EMAIL_PORT: int = ENV["EMAIL_PORT"]
    EMAIL_HOST_USER: str = ENV["EMAIL_HOST_USER"] or ""
    EMAIL_HOST_PASSWORD: str = ENV["EMAIL_HOST_PASSWORD"] or ""
    EMAIL_USE_TLS = ENV["EMAIL_SECURITY"] == "starttls"
    EMAIL_USE_SSL = ENV["EMAIL_SECURITY"] == "tls"

LOGGING = logs.configuration(level=ENV["LOG_LEVEL"], form=ENV["LOG_FORMAT"])
structlog.configure(**logs.structlog_configuration())
