"""What templates and static files may contain: nothing from elsewhere, nothing inline."""

import hashlib
import re

import pytest
from django.conf import settings

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
STATIC = settings.BASE_DIR / "static"
SPRITE = (STATIC / "vendor/lucide/icons.svg").read_text()

FORBIDDEN = {
    "an address of another host": re.compile(r"""(?:src|href|action)=["']?(?:https?:)?//"""),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)"),
    "an inline style": re.compile(r"<style|\sstyle="),
    "an event handler": re.compile(r"\son[a-z]+=|\shx-on"),
    "an expression for htmx to evaluate": re.compile(
        r"hx-(?:vals|headers)=.js:|hx-trigger=[^>]*\["
    ),
    "a mark that switches escaping off": re.compile(r"\|\s*safe\b(?!seq)|autoescape off"),
}
# Help texts come from Django's forms, which hold markup of Django's own.
MAY_SWITCH_ESCAPING_OFF = {"_field.html"}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_nothing_that_the_security_policy_forbids(template):
    text = template.read_text()

    found = {what for what, pattern in FORBIDDEN.items() if pattern.search(text)}

    if template.name in MAY_SWITCH_ESCAPING_OFF:
        found.discard("a mark that switches escaping off")
    assert not found


def test_the_pages_before_signing_in_have_one_frame():
    drawn = [path.name for path in TEMPLATES if "login-brand" in path.read_text()]

    assert drawn == ["door.html"]


def test_vendored_files_are_those_that_vendor_md_names():
    listed = dict(re.findall(r"^\| `([^`]+)`.*`([0-9a-f]{64})` \|$",
                             (STATIC / "vendor/VENDOR.md").read_text(), re.M))  # fmt: skip
    present = {
        str(path.relative_to(STATIC / "vendor")): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (STATIC / "vendor").rglob("*")
        if path.is_file() and path.name not in {"LICENSE", "VENDOR.md"}
    }

    assert present == listed


def test_every_icon_that_a_page_names_is_in_the_sprite():
    named = set()
    for template in TEMPLATES:
        named |= set(re.findall(r'{% icon "([a-z0-9-]+)"', template.read_text()))
    tags = (settings.BASE_DIR / "curatore/core/templatetags/ui.py").read_text()
    named |= set(re.findall(r'^    "[A-Z]+": "([a-z-]+)"', tags, re.M))

    drawn = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))

    assert named
    assert named <= drawn


def test_styles_and_scripts_fetch_nothing_from_elsewhere():
    own = [*(STATIC / "css").glob("*.css"), *(STATIC / "js").glob("*.js")]

    assert own
    for path in own:
        assert not re.search(r'https?://|@import (?!"[\w-]+\.css";)|url\((?!")', path.read_text())


def test_pages_carry_the_strict_policy(client, db):
    policy = client.get("/login")["Content-Security-Policy"]

    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
