"""Refusals: what the product will not do, said in a code for programs and a sentence for people."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar


class DomainError(Exception):
    """A request that is understood and refused; nothing was changed.

    `code` is stable and documented; the sentence may change. `extra` holds further members of the
    API's problem document, such as the limit that was reached.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 409  # the HTTP status of the refusal
    needs_own_page: ClassVar[bool] = False  # a sentence beside the button says too little

    def __init__(self, message: str, **extra: Any) -> None:
        super().__init__(message)
        self.extra = extra

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer that tells it."""
        if "retry_after" not in self.extra:
            return {}
        return {"Retry-After": str(self.extra["retry_after"])}


class InvalidInput(DomainError):
    """Input that breaks rules; `errors` names each place by JSON pointer.

    Each error is `{"pointer": "/options/chunk_size", "code": "out_of_range", "detail": "..."}`.
    """

    code = "validation_error"
    status = 422

    def __init__(self, message: str, errors: list[dict[str, str]]) -> None:
        super().__init__(message, errors=errors)
        self.errors = errors


@contextmanager
def below(pointer: str, refusal: type[InvalidInput] = InvalidInput) -> Iterator[None]:
    """Let errors of input point to where the body has it, such as “/options”."""
    try:
        yield
    except refusal as refused:
        errors = [error | {"pointer": pointer + error["pointer"]} for error in refused.errors]
        raise InvalidInput(str(refused), errors) from refused


class PermissionRefused(DomainError):
    """The object is of one's own organization, but the role or ownership does not suffice."""

    code = "permission_denied"
    status = 403
    needs_own_page = True
