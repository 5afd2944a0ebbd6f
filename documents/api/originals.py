"""A document as it was uploaded, and pictures of its pages, over the API."""

from typing import Any

from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from curatore.core.api.files import AnyRenderer
from curatore.core.api.headers import ATTACHMENT, ETAG, IF_NONE_MATCH
from curatore.core.api.refusals import may_refuse
from documents import access, answers, pictures
from documents.files import OriginalMissing
from documents.serializers import OriginalQuery, PagesSerializer, PictureQuery
from documents.text_work import TakesTooLong
from orgsettings.api.base import ApiView, checked

_UNCHANGED = OpenApiResponse(description="Unchanged.")


@extend_schema(tags=["documents"])
class DocumentOriginal(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="documents_original",
        summary="The document as it was uploaded",
        parameters=[OriginalQuery, IF_NONE_MATCH, ETAG, ATTACHMENT],
        responses={
            (200, media_type): OpenApiResponse(OpenApiTypes.BINARY, description="The bytes.")
            for media_type in (answers.SAVED, *answers.SHOWN)
        }
        | {304: _UNCHANGED},
        extensions=may_refuse(OriginalMissing),
    )
    def get(self, request: Request, document_id: str) -> HttpResponseBase:
        """An attachment of the type `application/octet-stream`.

        With `inline` PDFs, PNG, JPEG, GIF and WebP pictures and plain text come as their own type,
        to be shown by a browser; all others stay attachments.
        """
        query = checked(OriginalQuery, request.query_params)
        document = access.find(self.user, document_id)
        return answers.original(request._request, document, inline=query["inline"])


@extend_schema(tags=["documents"])
class DocumentPages(ApiView):
    @extend_schema(
        operation_id="documents_pages",
        summary="How many pages a document has, and how large they are",
        parameters=[IF_NONE_MATCH, ETAG],
        responses={200: PagesSerializer, 304: _UNCHANGED},
        extensions=may_refuse(pictures.PageUnreadable, TakesTooLong),
    )
    def get(self, request: Request, document_id: str) -> HttpResponseBase:
        """Only PDFs and pictures have pages here; of mails and workbooks `outline` says something.

        Sizes are those of the page as it is shown; at most 10,000 pages are named.
        """
        document = access.find(self.user, document_id)
        etag = f'"{document.sha256}-{pictures.VERSION}-pages"'
        response = get_conditional_response(request._request, etag=etag)
        if response is None:
            response = Response(_shown(pictures.page_sizes(document)))
        response.headers["ETag"] = etag
        return response


@extend_schema(tags=["documents"])
class DocumentPagePicture(ApiView):
    renderer_classes = [AnyRenderer]

    @extend_schema(
        operation_id="documents_page_picture",
        summary="A picture of one page",
        parameters=[PictureQuery, IF_NONE_MATCH, ETAG],
        responses={
            (200, "image/png"): OpenApiResponse(OpenApiTypes.BINARY, description="The picture."),
            304: _UNCHANGED,
        },
        extensions=may_refuse(
            pictures.PageNotFound, pictures.NoPagePictures, pictures.PageUnreadable, TakesTooLong
        ),
    )
    def get(self, request: Request, document_id: str, page: str) -> HttpResponseBase:
        """A page of a PDF or a frame of a picture file, upright, as wide as `width` or wider.

        Frames are not made larger than they are, and very long pages may be narrower.
        """
        query = checked(PictureQuery, request.query_params)
        document = access.find(self.user, document_id)
        return answers.picture(request._request, document, page, query["width"])


def _shown(pages: pictures.Pages) -> dict[str, Any]:
    # Not by a serializer, which takes a second for 10,000 pages.
    outline = pages.outline
    return {
        "count": pages.count,
        "unit": pages.unit,
        "pages": [page._asdict() for page in pages.pages],
        "outline": outline
        and {
            "headers": [{"name": name, "value": value} for name, value in outline.headers],
            "attachments": outline.attachments,
            "sheets": outline.sheets,
        },
    }
