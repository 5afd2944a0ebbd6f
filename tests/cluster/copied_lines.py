"""Lines that pages of the documentation offer to copy: found, run, and what they leave behind."""

import re
import subprocess
import zipfile

from django.conf import settings

README = settings.BASE_DIR / "README.md"
API = settings.BASE_DIR / "docs" / "api.md"
BASH = ("bash", "-euo", "pipefail")  # stops at the first line that fails


def blocks(path, language):
    """The contents of the fenced blocks of this language, in their order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", path.read_text(), re.M | re.S)


def run(*command, script, folder, environment):
    """What `command` prints with `script` as its input; it must succeed and complain of nothing."""
    done = subprocess.run(
        command,
        input=script,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert done.stderr == ""
    return done.stdout


def results_in(archive):
    """The names of the results in an archive, which must be whole."""
    with zipfile.ZipFile(archive) as opened:
        assert opened.testzip() is None
        return sorted(name for name in opened.namelist() if name.endswith(".md") and "/" in name)
