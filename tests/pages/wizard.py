"""What the tests of Create New Job share: files, addresses, and what its forms send."""

import json

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse


def file(name="letter.txt", content=b"Dear Sir or Madam,\n"):
    return SimpleUploadedFile(name, content)


def url(job, step):
    return reverse(f"jobs:setup-{step}", args=[job.pk])


def upload(client, address, *files, path=""):
    """What static/js/upload.js sends, and the answer it reads."""
    fields = {"files": files, "paths": [path] * len(files)}
    answer = client.post(address, fields, headers={"Accept": "application/json"})
    assert answer.status_code == 200
    return json.loads(answer.content)


def sent(page):
    """The fields of a page's OptionsForm, as a browser sends them back."""
    form = page.context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) is not False}
