"""python -m curatore.core.dotenv: write a .env with a fresh secret key, unless there is one."""

import secrets
import sys
from pathlib import Path

_ROOT = Path(__file__).resolve().parents[2]
_EMPTY_KEY = "SECRET_KEY=\n"


def write(path: Path, example: Path) -> bool:
    """Copy `example` to `path` with SECRET_KEY filled in; False if `path` exists already."""
    if path.exists():
        return False
    key = secrets.token_urlsafe(50)
    path.touch(mode=0o600)  # nobody else reads the key
    path.write_text(example.read_text().replace(_EMPTY_KEY, f"SECRET_KEY={key}\n", 1))
    return True


if __name__ == "__main__":
    if write(_ROOT / ".env", _ROOT / ".env.example"):
        sys.stdout.write("Wrote .env with a fresh secret key; change settings there.\n")
