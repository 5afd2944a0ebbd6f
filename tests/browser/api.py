"""The API as the pages' own scripts use it: with the session of a signed-in page."""

import time

import pytest


class BrowserApi:
    def __init__(self, page):
        self.page = page

    def upload(self, name, content):
        """The id of the document."""
        file = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        return self.send("POST", "/documents/upload", multipart={"file": file})["document_id"]

    def start(self, name, *document_ids, **values):
        """The id of a new job."""
        body = {"name": name, "document_ids": document_ids} | values
        return self.post("/jobs", body)["id"]

    def wait(self, job_id, seconds=90):
        """The job, once it has ended."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            job = self.get(f"/jobs/{job_id}")
            if job["outcome"]:
                return job
            time.sleep(0.2)
        pytest.fail(f"The job did not end: {job}")

    def get(self, path):
        return self.send("GET", path)

    def post(self, path, body=None):
        return self.send("POST", path, data=body or {})

    def put(self, path, body):
        return self.send("PUT", path, data=body)

    def send(self, method, path, **options):
        cookies = {cookie["name"]: cookie["value"] for cookie in self.page.context.cookies()}
        answer = self.page.request.fetch(
            f"/api/v1{path}",
            method=method,
            headers={"X-CSRFToken": cookies.get("csrftoken", "")},
            **options,
        )
        assert answer.ok, f"{method} {path}: {answer.status} {answer.text()}"
        return answer.json() if answer.body() else None
