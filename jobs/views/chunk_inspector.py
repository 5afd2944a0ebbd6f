"""The chunks of one result as cards, cut anew with any size, and found by words."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext_lazy as _

from curatore.core.errors import InvalidInput
from curatore.core.paging import page_of
from documents import chunk_search, preview
from documents.chunks import Chunk, chunks
from documents.text_work import TakesTooLong
from jobs import results
from jobs.exports import chunk_export
from jobs.models import JobDocument
from orgsettings.pages import MemberRequest

CARDS_PER_PAGE = 25


class ChunkForm(forms.Form):
    """How to cut, within the bounds of the options of jobs, and what to look for."""

    size = forms.IntegerField(label=_("Chunk size"), **chunk_export.limits("chunk_size"))
    overlap = forms.IntegerField(label=_("Overlap"), **chunk_export.limits("chunk_overlap"))
    words = forms.CharField(required=False, max_length=200)


def context(request: MemberRequest, row: JobDocument) -> dict[str, Any]:
    """For templates/jobs/_chunks.html. A form that cannot be used is shown with the job's cut."""
    size, overlap = chunk_export.bounds(row.job, size=None, overlap=None)
    usual = {"size": size, "overlap": overlap, "words": ""}
    form = ChunkForm(usual | {name: request.GET[name] for name in usual if name in request.GET})
    if form.is_valid():
        try:
            size, overlap = chunk_export.bounds(
                row.job, size=form.cleaned_data["size"], overlap=form.cleaned_data["overlap"]
            )
        except InvalidInput as refusal:
            form.add_error("overlap", refusal.errors[0]["detail"])
    words = form.cleaned_data.get("words", "")
    text = results.read(row, at_most=preview.LONGEST_PREVIEW + 1)
    markdown, is_cut = preview.shortened(text)
    try:
        pieces = list(chunks(markdown, document=str(row.pk), size=size, overlap=overlap))
    except TakesTooLong as refusal:
        return {"form": form, "refusal": str(refusal), "words": words}
    return {
        "form": form,
        "words": words,
        "is_cut": is_cut,
        "total": len(pieces),
        "tokens": sum(piece.tokens for piece in pieces),
        "page": page_of(_found(pieces, words), CARDS_PER_PAGE, request.GET.get("chunks")),
        "parameters": urlencode({name: form[name].value() for name in usual}),
    }


def _found(pieces: list[Chunk], words: str) -> list[Chunk]:
    """The best first if something is searched, else all in their order."""
    if not words.strip():
        return pieces
    return chunk_search.ranked(pieces, words)
