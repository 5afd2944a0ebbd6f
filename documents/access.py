"""Who may do what with a document: it is shared by its organization."""

from uuid import UUID

from django.http import Http404

from curatore.core.errors import PermissionRefused
from curatore.core.ids import find_in
from documents.models import Document
from orgsettings.models import User


def find(user: User, document_id: str | UUID) -> Document:
    """The document if it is of the user's organization.

    Raises:
        Http404: there is none, or it is not an id at all.
    """
    documents = Document.objects.for_user(user).select_related("uploaded_by", "stored")
    document = find_in(documents, document_id)
    if document is None:
        raise Http404("There is no such document.")
    return document


def find_to_delete(user: User, document_id: str | UUID) -> Document:
    """The document if `user` may delete it: whoever uploaded it, or an admin; raises as `find`.

    Raises:
        PermissionRefused: it is a colleague's, or the user is a viewer.
    """
    document = find(user, document_id)
    if not can_delete(user, document):
        raise PermissionRefused("Only who uploaded the document or an admin may delete it.")
    return document


def can_delete(user: User, document: Document) -> bool:
    membership = user.membership
    is_own = membership.can_write and document.uploaded_by_id == user.pk
    return is_own or membership.is_admin
