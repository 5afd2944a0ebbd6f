"""What people send to the pages of jobs, checked."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from jobs import file_passwords
from jobs.models import Job
from orgsettings import languages
from orgsettings import options as processing_options
from orgsettings.option_fields import LONGEST_LANGUAGES, Field, Options
from orgsettings.options import FIELDS, OptionsError

# Sections of the options as people read them: section of orgsettings.options -> title.
OPTION_GROUPS = {
    "quality_thresholds": _("What counts as RAG-ready"),
    "ocr_settings": _("Scans and pictures (OCR)"),
    "": _("Conversion"),
    "processing_settings": _("Chunks, retries and limits"),
}

# The quick choice of the Process page: conversion threshold -> what it is called.
QUALITY_PRESETS = {
    50: _("Lenient"),
    70: _("Standard"),
    85: _("Strict"),
    95: _("Very strict"),
}


class ReviewForm(forms.Form):
    name = forms.CharField(
        label=_("Job name"),
        max_length=Job._meta.get_field("name").max_length,
        error_messages={"required": _("Give the job a name, so that you find it again.")},
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=Job._meta.get_field("description").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    reuse_results = forms.BooleanField(label=_("Reuse earlier results"), required=False)


class LanguageBoxes(forms.CheckboxSelectMultiple):
    """A box for each language; the value is one string for all of them, such as "eng+deu"."""

    def __init__(self, shown: str) -> None:
        """`shown` is what the form shows at first: its languages come first, and in their order.

        A language of `shown` that cannot be read any more has a box too, to be unticked.
        """
        self._shown = languages.split(shown)
        offered = [code for code in languages.offered() if code not in self._shown]
        lost = languages.missing(shown)
        first = [(code, languages.name(code)) for code in self._shown]
        if languages.AUTO not in self._shown:
            first.append((languages.AUTO, languages.name(languages.AUTO)))
        super().__init__(
            choices=[
                (code, _("%s (not installed)") % label if code in lost else label)
                for code, label in first + languages.by_name(offered)
            ]
        )

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str:
        given = languages.split("+".join(super().value_from_datadict(data, files, name) or []))
        if languages.AUTO in given and len(given) > 1:
            # It stands alone: what was ticked last is meant.
            is_new = languages.AUTO not in self._shown
            given = [languages.AUTO] if is_new else [c for c in given if c != languages.AUTO]
        kept = [code for code in self._shown if code in given]
        return "+".join(kept + [code for code in given if code not in kept])

    def format_value(self, value: Any) -> list[str]:
        return languages.split(value or "")

    def use_required_attribute(self, initial: Any) -> bool:
        return False  # of several boxes none in particular is required


@dataclass(frozen=True)
class OptionControl:
    """One option as the form shows it, beside its default."""

    bound: forms.BoundField
    default: Any

    @property
    def is_languages(self) -> bool:
        return isinstance(self.bound.field.widget, LanguageBoxes)

    @property
    def is_changed(self) -> bool:
        shown = self.bound.value()
        if isinstance(self.default, bool):
            return bool(shown) is not self.default
        try:
            return float(shown) != float(self.default)
        except (TypeError, ValueError):
            return str(shown or "") != str(self.default)


@dataclass(frozen=True)
class OptionGroup:
    """Options that are decided together: the usual ones, and those that are folded away."""

    title: str
    usual: list[OptionControl]
    advanced: list[OptionControl]

    @property
    def is_open(self) -> bool:
        """Whether something among the advanced ones must be seen."""
        return any(control.is_changed or control.bound.errors for control in self.advanced)


class OptionsForm(forms.Form):
    """Every option of orgsettings.options, under its dotted name."""

    def __init__(
        self, data: Any = None, *, options: Options, defaults: Options | None = None
    ) -> None:
        """Make the form.

        Args:
            options: canonical and complete; what the form shows at first.
            defaults: the same of what it is compared with; None for the built-in values.
        """
        initial = {field.name: field.of(options) for field in FIELDS}
        super().__init__(data, initial=initial)
        self._defaults = processing_options.defaults() if defaults is None else defaults
        for field in FIELDS:
            self.fields[field.name] = _form_field(field, initial[field.name])

    @property
    def groups(self) -> list[OptionGroup]:
        """All options in the order that people decide them."""
        return [self._group(section, str(title)) for section, title in OPTION_GROUPS.items()]

    def _group(self, section: str, title: str) -> OptionGroup:
        fields = [field for field in FIELDS if field.section == section]
        return OptionGroup(
            title,
            [self._control(field) for field in fields if not field.is_advanced],
            [self._control(field) for field in fields if field.is_advanced],
        )

    def _control(self, field: Field) -> OptionControl:
        return OptionControl(self[field.name], field.of(self._defaults))

    def chosen(self) -> Options:
        """All options as they were sent, for `normalize` to check. Of a valid form only."""
        raw: Options = {}
        for field in FIELDS:
            field.put(raw, self.cleaned_data[field.name])
        return raw

    def canonical(self) -> Options:
        """The chosen options, in the form that jobs keep. Of a valid form only.

        Raises:
            OptionsError: a language that cannot be read here.
        """
        return processing_options.normalize(self.chosen())

    def refuse(self, refusal: OptionsError) -> None:
        """Show each error of `refusal` beside its field."""
        for error in refusal.errors:
            name = error["pointer"].strip("/").replace("/", ".")
            self.add_error(name if name in self.fields else None, error["detail"])


class RetryForm(forms.Form):
    """What may help documents that failed for one cause."""

    OPTIONS = ("ocr_settings.language", "ocr_settings.force", "processing_settings.timeout_seconds")

    def __init__(
        self, data: Any = None, *, cause: str, options: Options, with_password: bool
    ) -> None:
        """`options` are those of the job: what the form shows at first."""
        super().__init__(data, auto_id=f"retry-{cause}-%s")
        self.cause = cause
        self._fields = [field for field in FIELDS if field.name in self.OPTIONS]
        for field in self._fields:
            value = field.of(options)
            self.fields[field.name] = _form_field(field, value)
            self.initial[field.name] = value
        if with_password:
            self.fields["password"] = forms.CharField(
                label=_("Password of these files"),
                help_text=_("Used once, for this attempt. It is not kept."),
                required=False,
                strip=False,
                max_length=file_passwords.LONGEST,
                widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
            )
            self.order_fields(["password"])

    @property
    def language(self) -> forms.BoundField:
        return self["ocr_settings.language"]

    @property
    def others(self) -> list[forms.BoundField]:
        """Its fields but for the languages."""
        return [field for field in self if field.name != "ocr_settings.language"]

    def canonical(self) -> Options:
        """The chosen options. Of a valid form only.

        Raises:
            OptionsError: a language that cannot be read here.
        """
        raw: Options = {}
        for field in self._fields:
            field.put(raw, self.cleaned_data[field.name])
        return processing_options.normalize(raw)

    def refuse(self, refusal: OptionsError) -> None:
        """Show the errors beside the languages."""
        for error in refusal.errors:
            self.add_error("ocr_settings.language", error["detail"])


class ProcessForm(forms.Form):
    """The few options of the Process page; the others are the organization's."""

    quality = forms.TypedChoiceField(
        label=_("Quality threshold"),
        help_text=_("Results with a lower conversion score fail the quality review."),
        coerce=int,
    )
    auto_optimize = forms.BooleanField(
        label=_("Optimize for RAG"),
        help_text=_("Remove running headers, join broken words and paragraphs."),
        required=False,
    )

    def __init__(self, data: Any = None, *, options: Options) -> None:
        """`options` are canonical and complete: what the form shows at first."""
        threshold = options["quality_thresholds"]["conversion_threshold"]
        language = options["ocr_settings"]["language"]
        initial = {
            "quality": threshold,
            "auto_optimize": options["auto_optimize"],
            "language": language,
        }
        super().__init__(data, initial=initial)
        self.fields["language"] = languages_field(language, {"label": _("Languages of scans")})
        names = {threshold: _("As in your organization")} | QUALITY_PRESETS
        self.fields["quality"].choices = [  # type: ignore[attr-defined]
            (value, f"{name} ({value})") for value, name in sorted(names.items())
        ]

    def canonical(self) -> Options:
        """The chosen options, in the form that jobs keep. Of a valid form only."""
        return processing_options.normalize(
            {
                "quality_thresholds": {"conversion_threshold": self.cleaned_data["quality"]},
                "auto_optimize": self.cleaned_data["auto_optimize"],
                "ocr_settings": {"language": self.cleaned_data["language"]},
            }
        )

    def refuse(self, refusal: OptionsError) -> None:
        """Show a language that cannot be read here beside its field."""
        for error in refusal.errors:
            self.add_error("language", error["detail"])


def _form_field(field: Field, value: Any) -> forms.Field:
    common: dict[str, Any] = {"label": field.label, "help_text": field.help}
    match field.kind:
        case "boolean":
            return forms.BooleanField(required=False, **common)
        case "choice":
            return forms.ChoiceField(choices=field.choices, **common)
        case "languages":
            return languages_field(value, common)
        case _:
            return _number_field(field, value, common)


def languages_field(value: str, common: dict[str, Any]) -> forms.Field:
    """Languages of scans to tick; `value` is what the form shows at first."""
    return forms.CharField(
        max_length=LONGEST_LANGUAGES,
        widget=LanguageBoxes(value),
        error_messages={"required": _("Choose at least one language.")},
        **common,
    )


def _number_field(field: Field, value: float, common: dict[str, Any]) -> forms.Field:
    whole = field.kind == "integer"
    sentence = _("Enter a %(kind)s from %(low)s to %(high)s.") % {
        "kind": _("whole number") if whole else _("number"),
        "low": f"{field.minimum:g}",
        "high": f"{field.maximum:g}",
    }
    bounds: dict[str, Any] = {
        "min_value": field.minimum,
        "max_value": field.maximum,
        "error_messages": dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), sentence
        ),
    }
    if whole:
        return forms.IntegerField(**bounds, **common)
    # A value between two steps, which the API accepts, must not keep the form from being sent.
    steps = (value - (field.minimum or 0)) / (field.step or 1)
    step = field.step if abs(steps - round(steps)) < 1e-6 else "any"
    widget = forms.NumberInput(attrs={"step": step})
    return forms.FloatField(widget=widget, **bounds, **common)
