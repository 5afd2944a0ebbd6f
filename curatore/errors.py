"""Refusals: what the product will not do, said in a code for programs and a sentence for people."""

from typing import Any, ClassVar


class DomainError(Exception):
    """A request that is understood and refused; nothing was changed.

    `code` is stable and documented; the sentence may change. `extra` holds further members of the
    API's problem document, such as the limit that was reached.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409  # the HTTP status of the refusal

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.extra = extra


class InvalidInput(DomainError):
    """Input that breaks rules; `errors` names each place by JSON pointer.

    Each error is `{"pointer": "/options/chunk_size", "code": "out_of_range", "detail": "..."}`.
    """

    code = "validation_error"
    status = 422

    def __init__(self, message: str, errors: list[dict[str, str]]) -> None:
        super().__init__(message, errors=errors)
        self.errors = errors


class PermissionRefused(DomainError):
    """The object is of one's own organization, but the role or ownership does not suffice."""

    code = "permission_denied"
    status = 403
