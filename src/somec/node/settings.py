"""Django's settings, derived from the node's own configuration (``somec.toml``); nothing here is edited for a node."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from somec.node import config as node_config
from somec.node import database, secrets

CONFIG = node_config.load()
BASE = Path(__file__).resolve().parent.parent

SECRET_KEY = secrets.django_key(CONFIG)
DEBUG = False
ALLOWED_HOSTS = list(CONFIG.web_hosts)
ROOT_URLCONF = "somec.node.urls"
WSGI_APPLICATION = "somec.node.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": database.settings(CONFIG)}
ATOMIC_REQUESTS = False  # with IMMEDIATE transactions every reader would queue behind every writer
SITE_NAME = CONFIG.name
SOMEC_LEAD_HOURS = dict(CONFIG.lead_hours)  # how long before a movement a notice should go, by kind

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "axes",
    "csp",
    "django_htmx",
    "somec.audit",
    "somec.access",
    "somec.exchange",
    "somec.persons",
    "somec.persons.merges",
    "somec.offenders",
    "somec.movements",
    "somec.alerts",
    "somec.web",
    "somec.node",
]

# One cache for all processes of the node: sign-in limits and used one-time codes count for the node, not for a process.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "node_shared_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

MIDDLEWARE = [
    "somec.node.proxies.TrustedProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "somec.access.sessions.SessionLimitMiddleware",
    "somec.web.middleware.OfficerMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "somec.web.context.page",
            ],
        },
    },
]

# Sign-in: e-mail and password, then a second factor; lockout after wrong passwords; sessions end.
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"
SESSION_COOKIE_AGE = CONFIG.session_hours * 3600  # somec.access.sessions ends idle sessions sooner
SESSION_SAVE_EVERY_REQUEST = False
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax" if CONFIG.openid else "Strict"  # an identity provider leads back from its own site
SESSION_COOKIE_NAME = f"somec_{CONFIG.state.lower()}"  # nodes on one machine share a host name
SESSION_COOKIE_SECURE = CONFIG.web_secure
CSRF_COOKIE_NAME = f"somec_csrf_{CONFIG.state.lower()}"
CSRF_COOKIE_SECURE = CONFIG.web_secure
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "somec.web.views.kept.csrf_failure"
CSRF_COOKIE_SAMESITE = "Strict"
ACCOUNT_FORMS = {
    "login": "somec.web.forms.sign_in.SignInForm",
    "change_password": "somec.web.forms.sign_in.NewPasswordForm",
}
ACCOUNT_ADAPTER = "somec.access.authentication.AccountAdapter"
ACCOUNT_USER_DISPLAY = "somec.access.authentication.display_name"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # nobody signs up; allauth still wants to know what an account has
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an administrator made the account
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip,20/15m/key"}  # behind the lockout, against tries from many machines
MFA_ADAPTER = "somec.access.authentication.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "somec.web.forms.sign_in.AddKeyForm",
    "edit_webauthn": "somec.web.forms.sign_in.EditKeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = CONFIG.training
MFA_TOTP_TOLERANCE = 1  # half a minute of clock drift either way
SOCIALACCOUNT_ADAPTER = "somec.access.authentication.IdentityProviderAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": f"provider{number}",
                "name": provider.name,
                "client_id": provider.client_id,
                "secret": os.environ.get(provider.secret_variable, ""),
                "settings": {"server_url": provider.server, "oauth_pkce_enabled": True},
            }
            for number, provider in enumerate(CONFIG.openid, start=1)
        ],
    },
}
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # nobody locks a colleague out from another machine
AXES_USERNAME_CALLABLE = "somec.access.authentication.username"
AXES_LOCKOUT_CALLABLE = "somec.access.authentication.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are in the node's own log
AXES_VERBOSE = False
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LANGUAGE_COOKIE_NAME = "somec_language"

# Nothing is loaded from elsewhere; no inline script or style.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "style-src": [SELF],
        "script-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *(provider.server for provider in CONFIG.openid)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    name: []
    for name in ("camera", "microphone", "geolocation", "payment", "usb", "interest-cohort", "display-capture")
    if name != "interest-cohort"
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if CONFIG.web_secure else 0
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.folder / "static"
STATICFILES_DIRS: list[Path] = []
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600
WHITENOISE_AUTOREFRESH = False

USE_TZ = True
TIME_ZONE = CONFIG.time_zone
USE_I18N = True
LANGUAGE_CODE = CONFIG.language
LANGUAGES = [("en", "English"), ("lv", "Latviešu")]
LOCALE_PATHS = [BASE / "web" / "locale"]

EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"  # a node sends no mail: addresses leak who is in a case
LOGGING_CONFIG = None
SILENCED_SYSTEM_CHECKS = [
    "security.W004", "security.W008", "security.W012", "security.W016",  # TLS is the node's own, by somec.toml
]  # fmt: skip
if os.environ.get("SOMEC_FAST_PASSWORDS") == "1":  # tests only: real hashing would take most of their time
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
