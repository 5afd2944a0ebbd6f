"""Settings: what an operator can set comes first, from the environment or `.env`.

`.env.example` documents every variable; a test keeps the two the same.
"""

from pathlib import Path

from django.contrib.messages import constants as message_levels

from curatore.core import env

BASE_DIR = Path(__file__).resolve().parent.parent
env.load_file(BASE_DIR / ".env")

VERSION = "3.0.0.dev0"

# --- Core ---------------------------------------------------------------------------------------
# Signs sessions and queued tasks. Never made up: without it Django refuses to sign anything, and
# neither web server nor workers start (curatore/core/safety.py).
SECRET_KEY = env.text("SECRET_KEY", "")
# Tracebacks in the browser. Never in production.
DEBUG = env.flag("DEBUG", default=False)
ALLOWED_HOSTS = env.items("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# Origins whose forms are accepted when a proxy ends TLS, such as https://curatore.example.org.
CSRF_TRUSTED_ORIGINS = env.items("CSRF_TRUSTED_ORIGINS", default=[])
# Cookies only over HTTPS, redirect from HTTP; the proxy in front sets X-Forwarded-Proto.
HTTPS_ONLY = env.flag("HTTPS_ONLY", default=False)
# Everything that Curatore writes: the SQLite database and the stored files. For its user only.
DATA_DIR = env.folder("DATA_DIR", default=BASE_DIR / "data", mode=0o700)
LOG_LEVEL = env.choice("LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"))

# --- Database -----------------------------------------------------------------------------------
DATABASES = {
    "default": env.database("DATABASE_URL", default=f"sqlite:///{DATA_DIR}/curatore.sqlite3")
    | {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}  # seconds
}
IS_SQLITE = DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
if IS_SQLITE:
    # SQLite ignores select_for_update: each transaction takes the write lock as it begins, so that
    # whoever read first also writes first. Readers are never blocked (WAL).
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,  # seconds to wait for the write lock
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

# --- Jobs ---------------------------------------------------------------------------------------
# Jobs of one organization that may be queued or running at once, unless its admins chose a number.
DEFAULT_JOB_CONCURRENCY_LIMIT = env.integer(
    "DEFAULT_JOB_CONCURRENCY_LIMIT", 3, minimum=1, maximum=10
)
# Days until a finished job is deleted, unless the organization's admins chose; 0 keeps it for ever.
DEFAULT_JOB_RETENTION_DAYS = int(
    env.choice("DEFAULT_JOB_RETENTION_DAYS", "30", ("7", "30", "90", "0"))
)
# Seconds between two questions of an open page about a running job.
JOB_STATUS_POLL_INTERVAL = env.integer("JOB_STATUS_POLL_INTERVAL", 2, minimum=1, maximum=60)
# Delete expired jobs on a schedule, and when: a cron expression in UTC.
JOB_CLEANUP_ENABLED = env.flag("JOB_CLEANUP_ENABLED", default=True)
JOB_CLEANUP_SCHEDULE_CRON = env.cron("JOB_CLEANUP_SCHEDULE_CRON", "0 3 * * *")
# Seconds that a cancelled job waits for its workers' word that they stopped.
JOB_CANCELLATION_TIMEOUT = env.integer("JOB_CANCELLATION_TIMEOUT", 30, minimum=1, maximum=600)
# Seconds without a sign of life after which a document is taken away from its worker.
JOB_WORKER_HEALTH_TIMEOUT = env.integer("JOB_WORKER_HEALTH_TIMEOUT", 60, minimum=5, maximum=3600)
# The deprecated Process page: there, sent to the jobs, or gone for good.
PROCESS_PAGE_MODE = env.choice(
    "PROCESS_PAGE_MODE", "available", ("available", "redirect", "removed")
)

# --- Conversion ---------------------------------------------------------------------------------
# Largest accepted upload, in bytes.
MAX_UPLOAD_SIZE = env.integer(
    "MAX_UPLOAD_SIZE", 50 * 1024 * 1024, minimum=1024, maximum=10 * 1024**3
)
# Folder with one folder for each organization, named by its slug: files to convert without upload.
BATCH_DIR = env.folder("BATCH_DIR", default=DATA_DIR / "batch")
# Memory of one conversion process, in MiB; a document that needs more fails, nothing else does.
CONVERSION_MEMORY_MB = env.integer("CONVERSION_MEMORY_MB", 2048, minimum=512, maximum=65536)
# Pictures of pages that are kept, in bytes: beyond it the oldest go, and are drawn anew if needed.
PAGE_CACHE_SIZE = env.integer("PAGE_CACHE_SIZE", 1024**3, minimum=0, maximum=1024**5)
# Languages of scans that people may choose, as Tesseract calls them; empty: those installed where
# the web server runs. To be named where workers run on other machines and have others.
OCR_LANGUAGES = env.items("OCR_LANGUAGES", default=[])
# What tells the languages installed on this machine, for when none are named.
INSTALLED_OCR_LANGUAGES = "documents.conversion.available_ocr_languages"
# Lets documents of the fault tests crash, hang and eat memory on demand. Never in production.
CONVERSION_FAULT_INJECTION = env.flag("CONVERSION_FAULT_INJECTION", default=False)

# --- Limits of people ---------------------------------------------------------------------------
# Wrong passwords of one account from one address, and after how many seconds they are forgotten.
# Six times as many from one address over all accounts, ten times as many for one account from all
# addresses; neither holds for a person where they signed in before. 0 sets no limit.
SIGN_IN_ATTEMPTS = env.integer("SIGN_IN_ATTEMPTS", 5, minimum=0, maximum=1000)
SIGN_IN_LOCK_SECONDS = env.integer("SIGN_IN_LOCK_SECONDS", 300, minimum=10, maximum=86_400)
# Searches, previews, exports and downloads on pages that one person may ask for in a minute; live
# parts of pages do not count. 0 sets no limit.
PAGE_RATE_LIMIT = env.integer("PAGE_RATE_LIMIT", 120, minimum=0, maximum=1_000_000)
# The same for uploads on pages, which send one file after the other.
UPLOAD_RATE_LIMIT = env.integer("UPLOAD_RATE_LIMIT", 1200, minimum=0, maximum=1_000_000)
# The same for pictures of pages, of which a screen shows many.
PICTURE_RATE_LIMIT = env.integer("PICTURE_RATE_LIMIT", 600, minimum=0, maximum=1_000_000)

# --- API ----------------------------------------------------------------------------------------
# Requests that one person may make in a minute, with all tokens together; 0 sets no limit.
API_RATE_LIMIT = env.integer("API_RATE_LIMIT", 600, minimum=0, maximum=1_000_000)
# The same for one address without a valid token.
API_ANONYMOUS_RATE_LIMIT = env.integer("API_ANONYMOUS_RATE_LIMIT", 60, minimum=0, maximum=1_000_000)
# Sign-ins over the API in a minute from one address, right or wrong.
API_LOGIN_RATE_LIMIT = env.integer("API_LOGIN_RATE_LIMIT", 10, minimum=0, maximum=1_000_000)
# Proxies in front that add the address they were asked from to X-Forwarded-For.
PROXY_COUNT = env.integer("PROXY_COUNT", 0, minimum=0, maximum=10)
# Largest request, in bytes: all files of one upload together.
MAX_REQUEST_SIZE = env.integer(
    "MAX_REQUEST_SIZE", 512 * 1024 * 1024, minimum=1024, maximum=100 * 1024**3
)
# Bytes that one web process takes in at the same time, of all uploads together; of one person half
# of them at most. While a request is worked on, its files are on the disk twice.
UPLOADS_AT_ONCE_SIZE = env.integer(
    "UPLOADS_AT_ONCE_SIZE",
    4 * MAX_REQUEST_SIZE,
    minimum=2 * MAX_REQUEST_SIZE,
    maximum=1000 * 1024**3,
)

# --- Processes ----------------------------------------------------------------------------------
# Documents converted at the same time by one `manage.py worker`.
WORKER_PROCESSES = env.integer("WORKER_PROCESSES", 2, minimum=1, maximum=64)
# Seconds that a worker told to stop may go on with the documents it has in hand.
WORKER_STOP_TIMEOUT = env.integer("WORKER_STOP_TIMEOUT", 20, minimum=1, maximum=3600)
# Requests answered at the same time by `manage.py serve`: processes times threads of each.
WEB_PROCESSES = env.integer("WEB_PROCESSES", 2, minimum=1, maximum=64)
WEB_THREADS = env.integer("WEB_THREADS", 4, minimum=1, maximum=128)
# Address that `manage.py serve` listens on; 0.0.0.0 for all of the machine's.
HOST = env.text("HOST", "127.0.0.1")
PORT = env.integer("PORT", 8000, minimum=1, maximum=65535)

# === Below: nothing an operator needs to change ==================================================

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_q",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "orgsettings",
    "documents",
    "jobs",
]

MIDDLEWARE = [
    "curatore.core.middleware.request_id",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "curatore.core.middleware.Compression",  # below: static files are compressed already
    "curatore.core.middleware.private_answers",  # below: static files may be kept
    "csp.middleware.CSPMiddleware",
    "django.middleware.common.CommonMiddleware",  # it tells the length of refusals, too
    "curatore.core.text.RefuseUnreadable",  # before whatever asks the database
    "orgsettings.body_limits.bounded",  # before whatever reads a body
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "curatore.urls"
WSGI_APPLICATION = "curatore.wsgi.application"
APPEND_SLASH = False  # paths have no trailing slash; the URLconf tolerates one
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "csp.context_processors.nonce",
                "curatore.context_processors.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "curatore.core.templatetags.ui",
                "curatore.core.templatetags.charts",
                "orgsettings.templatetags.languages",
            ],
        },
    },
]

# --- People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "orgsettings.User"
AUTHENTICATION_BACKENDS = ["orgsettings.backends.UsernameOrEmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/jobs"
LOGOUT_REDIRECT_URL = "login"
MESSAGE_TAGS = {message_levels.ERROR: "danger"}

# --- Files --------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", default=BASE_DIR / "staticfiles")  # filled by `serve`
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"  # never served: downloads go through views that check who asks
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"file_permissions_mode": 0o600, "directory_permissions_mode": 0o700},
    },
    "staticfiles": {"BACKEND": "curatore.core.static_storage.StaticFiles"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024  # bytes of a body without files, such as a text
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024  # bytes; larger uploads go to a temporary file
FILE_UPLOAD_HANDLERS = [
    "curatore.core.upload_handlers.CountingUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "curatore.core.upload_handlers.BoundedFileUploadHandler",
]
DATA_UPLOAD_MAX_NUMBER_FILES = 500  # per request; the wizard sends files one by one

# --- Queue --------------------------------------------------------------------------------------
# A token (see jobs/queue.py) holds a worker for a slice of time and the document begun in it.
TOKEN_SLICE_SECONDS = 15
LONGEST_DOCUMENT_SECONDS = 3600  # upper bound of the option timeout_seconds
Q_CLUSTER = {
    "name": "curatore",
    "label": "Queue",
    "orm": "default",  # the queue is a table here: a job and its tokens commit together
    "workers": WORKER_PROCESSES,
    "queue_limit": WORKER_PROCESSES,  # tokens held in memory die with the cluster
    "bulk": 1,
    "poll": 0.5 if IS_SQLITE else 1,  # seconds
    "timeout": TOKEN_SLICE_SECONDS + LONGEST_DOCUMENT_SECONDS + 120,  # seconds
    "retry": TOKEN_SLICE_SECONDS + LONGEST_DOCUMENT_SECONDS + 300,  # seconds, above the timeout
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,  # only failures are kept
    "catch_up": False,  # a schedule missed during downtime runs once
    "recycle": 200,
    "max_rss": 1024 * 1024,  # KiB
    "time_zone": "UTC",
    "log_level": "WARNING",
}

# --- REST framework and its schema --------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "orgsettings.api.authentication.TokenAuthentication",
        "orgsettings.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["orgsettings.api.permissions.IsMember"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["curatore.core.api.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "curatore.core.api.problems.exception_handler",
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "curatore.core.api.negotiation.ContentNegotiation",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "COERCE_DECIMAL_TO_STRING": False,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Curatore API",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "DESCRIPTION": "Upload documents, convert them to Markdown in tracked jobs, fetch the results.",
    "TAGS": [
        {"name": "documents", "description": "Uploads, and the latest result of each."},
        {"name": "jobs", "description": "Batches of documents: start, watch, cancel, fetch."},
        {"name": "statistics", "description": "How much was done."},
        {"name": "organization", "description": "Its limit, retention and default options."},
        {"name": "configuration", "description": "What can be converted, and with what options."},
        {"name": "tokens", "description": "API tokens, and how to get one for a password."},
        {"name": "deprecated", "description": "Of v2.1.0; each answer names its successor."},
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],  # the schema is open: no token can be wrong for it
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "DEFAULT_GENERATOR_CLASS": "curatore.apidocs.generator.OneSchema",
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "PREPROCESSING_HOOKS": ["curatore.apidocs.schema.without_slash_twins"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "curatore.apidocs.schema.complete",
        "curatore.apidocs.links.add_links",
        "curatore.apidocs.examples.add_examples",
    ],
    "ENUM_NAME_OVERRIDES": {
        "JobStatusEnum": "jobs.models.JobStatus",
        "DocumentStatusEnum": "jobs.models.DocumentStatus",
        "ReviewEnum": "jobs.models.Review",
    },
}

# --- Security -----------------------------------------------------------------------------------
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS_ONLY
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS_ONLY else 0  # one year
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS_ONLY else None
# Whether other services of the domain are reached by HTTPS only is not for Curatore to say.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # HSTS: subdomains, preload list
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "en"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Logging ------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "curatore.core.middleware.RequestIdFilter"}},
    "formatters": {
        "line": {
            "class": "curatore.core.middleware.BoundedFormatter",
            "format": "{asctime} {levelname} {name} [{request_id}] {message}",
            "style": "{",
        }
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "filters": ["request_id"],
        }
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"level": LOG_LEVEL},
        "django.server": {"level": LOG_LEVEL},
        # With DEBUG it writes every statement, and with it the keys of sessions.
        "django.db.backends": {"level": "INFO"},
        # django-q2 writes two lines for every token; ours say what happens to documents.
        "django-q": {"level": "WARNING"},
    },
}
