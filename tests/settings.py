"""Settings of the test run: the project's own, with an environment that tests can rely on."""

import os
import tempfile
from pathlib import Path

_DATA_DIR = tempfile.mkdtemp(prefix="curatore-tests-")

os.environ["CURATORE_ENV_FILE"] = ""  # an operator's .env must not change what tests see
os.environ["SECRET_KEY"] = "only-for-tests-and-therefore-worth-nothing-to-anybody"
os.environ["DATA_DIR"] = _DATA_DIR
os.environ["DATABASE_URL"] = os.environ.get(
    "TEST_DATABASE_URL", f"sqlite:///{_DATA_DIR}/test.sqlite3"
)

from curatore.settings import *  # noqa: E402, F403

if IS_SQLITE:  # noqa: F405
    # A file, not memory: threads then meet the same locks as the product's processes do.
    DATABASES["default"]["TEST"] = {"NAME": f"{_DATA_DIR}/test.sqlite3"}  # noqa: F405

# What is installed differs between machines; conversions of the tests read English alone.
OCR_LANGUAGES = ["deu", "eng", "fra"]

# Tests about limits set them; the others may ask as often as they like.
API_RATE_LIMIT = API_ANONYMOUS_RATE_LIMIT = API_LOGIN_RATE_LIMIT = 0
PAGE_RATE_LIMIT = UPLOAD_RATE_LIMIT = PICTURE_RATE_LIMIT = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # logins in tests are quick
STORAGES["staticfiles"] = {  # noqa: F405  # tests do not run collectstatic
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
STATIC_ROOT = Path(tempfile.mkdtemp(dir=_DATA_DIR))  # WhiteNoise warns when it does not exist
