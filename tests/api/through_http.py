"""What clients do, in one line each."""

import io
import zipfile

from documents.samples import BAD_FILES, FILES
from tests.factories import make_api_client, make_user

API = "/api/v1"
WORDS = b"# Title\n\nA sentence that everybody can read, and a second one.\n"


class Caller:
    """Somebody with a token."""

    def __init__(self, user=None):
        self.user = user or make_user()
        self.client = make_api_client(self.user)

    def get(self, path, **extra):
        return self.client.get(f"{API}/{path}", **extra)

    def post(self, path, body=None, **extra):
        return self.client.post(f"{API}/{path}", body, format="json", **extra)

    def put(self, path, body):
        return self.client.put(f"{API}/{path}", body, format="json")

    def delete(self, path):
        return self.client.delete(f"{API}/{path}")

    def upload(self, content=WORDS, name="a.md"):
        """The id of a document with these bytes."""
        file = io.BytesIO(content)
        file.name = name
        answer = self.client.post(f"{API}/documents/upload", {"file": file})
        assert answer.status_code == 200, answer.json()
        return answer.json()["document_id"]

    def sample(self, name):
        folder = FILES if (FILES / name).exists() else BAD_FILES
        return self.upload((folder / name).read_bytes(), name)

    def create(self, *ids, **body):
        """The id of a new job of these documents, started unless the body says otherwise."""
        answer = self.post("jobs", {"document_ids": list(ids)} | body)
        assert answer.status_code == 201, answer.json()
        return answer.json()["id"]

    def job(self, job_id):
        answer = self.get(f"jobs/{job_id}")
        assert answer.status_code == 200, answer.json()
        return answer.json()

    def document(self, job_id):
        """The only document of the job."""
        (row,) = self.job(job_id)["documents"]
        return row


def files_of(answer):
    """Name and text of each file of a ZIP that was answered."""
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}
