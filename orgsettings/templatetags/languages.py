"""Languages of scans on pages. Loaded for all templates (settings, "builtins")."""

from django import template

from orgsettings import languages

register = template.Library()


@register.filter
def language_names(choice: str | None) -> str:
    """Languages of scans in words: English, German for “eng+deu”."""
    return languages.names(choice or "")
