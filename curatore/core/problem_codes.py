"""Every code by which the product says what is wrong: the API uses it, /docs/errors shows it."""

from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True)
class Problem:
    """Why a request is refused; `advice` says what whoever asked can do."""

    code: str
    status: int  # HTTP
    title: str
    advice: str

    @property
    def phrase(self) -> str:
        return HTTPStatus(self.status).phrase

    @property
    def type(self) -> str:
        """The problem's address, relative to the server (RFC 9457, section 3.1.1)."""
        return f"/docs/errors#{self.code}"


PROBLEMS = {
    problem.code: problem
    for problem in (
        Problem(
            "malformed_request", 400, "The request cannot be read",
            "Send valid JSON, or a complete multipart body; `detail` says where it breaks off.",
        ),
        Problem(
            "host_not_served", 400, "The server has another name",
            "Use the address that the operator gave it in ALLOWED_HOSTS.",
        ),
        Problem(
            "empty_file", 400, "The file is empty", "Check the original and upload it again.",
        ),
        Problem(
            "unsupported_format", 400, "Files of this type cannot be converted",
            "GET /api/v1/config/supported-formats lists what can.",
        ),
        Problem(
            "filename_missing", 400, "The file has no name",
            "Give the part of the multipart body a filename with an extension.",
        ),
        Problem(
            "invalid_path", 400, "The folder of the file is none that can be kept",
            "Give it relative and with slashes, without `..`: at most 20 folders, 1,024 bytes.",
        ),
        Problem(
            "archive_refused", 400, "The ZIP archive cannot be unpacked",
            "`detail` says why. Pack it again, fewer files at a time, or upload the files in it.",
        ),
        Problem(
            "entry_unreadable", 400, "The file cannot be read from its ZIP archive",
            "It is damaged or a link; pack it again.",
        ),
        Problem(
            "encrypted_file", 400, "The file is protected by a password in its ZIP archive",
            "Pack it without a password.",
        ),
        Problem(
            "upload_refused", 400, "None of the files was accepted",
            "`rejected` names each file with its own code.",
        ),
        Problem(
            "not_authenticated", 401, "You are not signed in",
            "Send an API token as `Authorization: Bearer <token>`.",
        ),
        Problem(
            "invalid_token", 401, "The API token does not work",
            "It is mistyped, expired or revoked: create a new one under Settings.",
        ),
        Problem(
            "invalid_credentials", 401, "Name or password is wrong",
            "Check both; capital letters count in the password.",
        ),
        Problem(
            "permission_denied", 403, "You are not allowed to do this",
            "Your role does not allow it, or the object is a colleague's. Ask an admin.",
        ),
        Problem(
            "not_a_member", 403, "You belong to no active organization",
            "Ask an admin to add you to one.",
        ),
        Problem(
            "csrf_failed", 403, "The CSRF token is missing or wrong",
            "Send the cookie's value as X-CSRFToken, or use an API token.",
        ),
        Problem(
            "not_found", 404, "It does not exist",
            "There is no such address or object, or it belongs to another organization.",
        ),
        Problem(
            "result_not_found", 404, "There is no result",
            "The document was not converted yet, or its result was lost: run it in a job.",
        ),
        Problem(
            "original_not_found", 404, "The stored file is gone",
            "Upload the document again.",
        ),
        Problem(
            "page_not_found", 404, "There is no such page",
            "Pages have numbers from 1; `count` says how many there are.",
        ),
        Problem(
            "method_not_allowed", 405, "The address does not do this",
            "The header Allow lists the methods that it knows.",
        ),
        Problem(
            "not_acceptable", 406, "It cannot be answered in this media type",
            "Leave the header Accept out, or ask for a media type of the schema.",
        ),
        Problem(
            "concurrency_limit_reached", 409, "Too many jobs are active",
            "Wait `retry_after` seconds, longer each time, or send `when_full: \"queue\"` to let"
            " the job wait in line. Cancel a job, or ask an admin to raise the `limit`.",
        ),
        Problem(
            "storage_limit_reached", 409, "The organization has no room left",
            "Delete documents or jobs that nobody needs, or ask the operator to raise the `limit`.",
        ),
        Problem(
            "job_not_startable", 409, "The job cannot be started",
            "Only drafts can. An ended job can be retried.",
        ),
        Problem(
            "process_page_busy", 409, "The Process page holds another batch of yours",
            "Wait for its end or cancel it, then start over. Jobs can run side by side.",
        ),
        Problem(
            "job_without_documents", 409, "The job has no documents",
            "Make a job with at least one document.",
        ),
        Problem(
            "job_already_started", 409, "The job is no draft any more",
            "Documents and options are fixed once a job was started: make a new job.",
        ),
        Problem(
            "job_not_waiting", 409, "The job does not wait for a place",
            "It left the line, perhaps because it was started a moment ago: look at it again.",
        ),
        Problem("job_not_cancellable", 409, "The job has ended", "There is nothing to cancel."),
        Problem(
            "job_not_deletable", 409, "The job is active", "Cancel it first, then delete it.",
        ),
        Problem(
            "nothing_to_retry", 409, "There is nothing to run again",
            "Only failed and cancelled documents of an ended job can be.",
        ),
        Problem(
            "document_already_in_job", 409, "The job has this document already",
            "Replace it by another file, or run the document that is there again.",
        ),
        Problem(
            "nothing_to_download", 409, "There is no result to download",
            "Wait for the job, or ask for another kind of archive.",
        ),
        Problem(
            "result_not_editable", 409, "The result cannot be edited",
            "The document has no result now, or the version is gone. Run the document again.",
        ),
        Problem(
            "document_not_reviewable", 409, "The document has no result to review",
            "Only converted documents can be accepted or left out of exports.",
        ),
        Problem(
            "result_changed", 409, "The result was changed meanwhile",
            "Read it again and put your changes into the new text.",
        ),
        Problem(
            "document_in_use", 409, "A job still needs the document",
            "Wait for its end, or cancel or delete that job first.",
        ),
        Problem(
            "no_page_pictures", 409, "There are no pictures of this format",
            "Only PDFs and pictures have them. Fetch the original instead.",
        ),
        Problem(
            "page_unreadable", 409, "The document cannot be shown",
            "It is encrypted, damaged or too large; `reason` is its code, `detail` says more.",
        ),
        Problem(
            "preset_refused", 409, "The preset cannot be saved so",
            "The name is taken, or there are too many presets; `detail` says which.",
        ),
        Problem(
            "account_refused", 409, "The account cannot be made",
            "`detail` says why; choose another name, address or password.",
        ),
        Problem(
            "member_not_changeable", 409, "This member cannot be changed so",
            "Nobody changes themselves, and one active admin must remain; `detail` says which.",
        ),
        Problem(
            "invitation_refused", 410, "The invitation cannot be accepted",
            "Ask an admin of the organization for a new link; each is good for one person.",
        ),
        Problem(
            "length_required", 411, "The length of the body is missing",
            "Send Content-Length instead of Transfer-Encoding: chunked.",
        ),
        Problem(
            "file_too_large", 413, "The file is too large",
            "Split it. GET /api/v1/config/supported-formats tells the largest size.",
        ),
        Problem(
            "request_too_large", 413, "The request is too large",
            "Send less at once, such as one file in each request; `detail` tells the limit.",
        ),
        Problem(
            "unsupported_media_type", 415, "The body is of the wrong media type",
            "Send application/json; files as multipart/form-data.",
        ),
        Problem(
            "validation_error", 422, "Some values cannot be used",
            "`errors` names each by JSON pointer, with a code and a sentence.",
        ),
        Problem(
            "idempotency_key_reused", 422, "The Idempotency-Key was used for something else",
            "Take a new key for each new request; the same key only to repeat one.",
        ),
        Problem(
            "rate_limited", 429, "Too many requests",
            "Wait for the seconds in Retry-After; RateLimit-Limit tells how many are allowed.",
        ),
        Problem(
            "too_many_attempts", 429, "Too many wrong passwords",
            "Wait for the seconds in Retry-After. Nothing was checked meanwhile, not even the right"
            " password.",
        ),
        Problem(
            "too_many_sign_ins", 429, "Too many passwords are being checked",
            "Wait for the seconds in Retry-After. The password was not checked, and counts for"
            " nothing.",
        ),
        Problem(
            "too_many_uploads", 429, "Too much is being uploaded",
            "Wait for the seconds in Retry-After and send the request again; nothing of it was"
            " read.",
        ),
        Problem(
            "takes_too_long", 503, "It takes too long to work on",
            "Try again after Retry-After; if that does not help, shorten the text or part it. Of a"
            " document, fetch the original.",
        ),
        Problem(
            "internal_error", 500, "Something went wrong on the server",
            "Tell the operator the `request_id`: the server's log has the details under it.",
        ),
    )
}  # fmt: skip

# Codes of single values, in `errors`.
VALUES = {
    "required": "The value is missing.",
    "null": "The value may not be null.",
    "blank": "The text may not be empty.",
    "invalid": "The value is not of the right type, or not well formed.",
    "invalid_choice": "The value is none of those allowed.",
    "max_length": "The text or list is too long.",
    "max_value": "The number is too large.",
    "min_value": "The number is too small.",
    "empty": "The list needs at least one entry.",
    "not_a_list": "The value must be a list.",
    "null_characters_not_allowed": "The text may not contain null characters.",
    "surrogate_characters_not_allowed": "The text contains halves of characters.",
    "max_string_length": "The number has too many digits.",
    "make_aware": "The time cannot be understood in UTC.",
    "overflow": "The date is too far away.",
    "not_supported": "Earlier versions knew this; it is not done any more.",
    "unknown_document": "You have no such document, or the job has not.",
    "repeated_document": "The document is given more than once.",
    "unknown_file": "There is no such file in the batch directory.",
    "unreadable_file": "The file in the batch directory cannot be read.",
    "unknown_option": "There is no such processing option.",
    "contradicting_option": "The option is given twice, under two names, with different values.",
    "not_of_a_document": "The option is the same for all documents of a job.",
    "ocr_language_missing": "The server cannot read that language; `detail` names all it can.",
    "unknown_preset": "Your organization has no such preset.",
    "unknown_setting": "There is no such setting.",
    "wrong_type": "The value must be an object.",
    "out_of_range": "The value is not within its bounds, or does not fit another value.",
    "empty_file": "The file in the batch directory is empty.",
    "file_too_large": "The file in the batch directory is too large.",
}

# Codes of documents that failed, in `error_code` of a job's document.
DOCUMENTS = {
    "empty_file": "The file is empty.",
    "corrupt_file": "The file is damaged, or not what its name says.",
    "encrypted_file": "The file is protected by a password.",
    "wrong_password": "The password that came with the retry does not open the file.",
    "unsupported_format": "The bytes are of a kind that cannot be converted.",
    "no_text_found": "There is no text in it, not even after text recognition.",
    "ocr_disabled": "It holds only pictures of text, and text recognition is switched off.",
    "ocr_language_missing": "The chosen language of text recognition is not installed.",
    "too_large": "It needs more than a conversion may use.",
    "result_too_large": "Its Markdown would be far larger than the file it is made of.",
    "conversion_failed": "The conversion made a mistake of its own; the operator's log has more.",
    "conversion_timeout": "It took longer than the time limit of the job.",
    "out_of_memory": "It needed more memory than a conversion may use.",
    "conversion_crashed": "Its conversion crashed.",
    "source_missing": "The uploaded file is gone.",
    "storage_failed": "The result could not be stored.",
    "worker_lost": "Its worker died, more often than the job allows.",
    "result_lost": "The result was lost from the storage: retry the document.",
}
