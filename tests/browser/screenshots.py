"""Makes the pictures of README and docs anew: `make screenshots`.

A site of its own is filled with jobs over the API, as people would, and with a month of older ones
for the statistics; then Chromium takes each picture at the size of a laptop.
"""

import tempfile
from pathlib import Path

from django.conf import settings
from playwright.sync_api import Page, sync_playwright

from tests.browser.api import BrowserApi
from tests.browser.conftest import ARGUMENTS, CHROMIUM, sign_in
from tests.site import Site, running_site

IMAGES = settings.BASE_DIR / "docs" / "images"
SAMPLES = settings.BASE_DIR / "documents" / "samples"
SIZE = {"width": 1280, "height": 800}

REPORTS = ["report.pdf", "report.docx", "slides.pptx", "inventory.xlsx", "delivery.eml",
           "two-columns.pdf", "scan.pdf", "notes.txt"]  # fmt: skip
ARCHIVE = ["mixed.pdf", "scan.tiff", "report.html", "report.odt"]
DAMAGED = ["encrypted.pdf", "truncated.docx"]

# Run inside of the site: ended jobs of the last month, for the numbers and charts of admins.
HISTORY = """
import random
from datetime import timedelta
from django.utils import timezone
from jobs.models import Job
from orgsettings.models import User
from tests.factories import make_job

random.seed(7)
ada = User.objects.get(username="ada")
for days in range(1, 31):
    for number in range(random.randint(0, 4)):
        end = timezone.now() - timedelta(days=days, hours=random.randint(0, 8))
        job = make_job(ada, name=f"Inbox {end:%d %b}", status=random.choice(
            ["COMPLETED"] * 9 + ["FAILED"]), rows=random.randint(2, 9))
        Job.objects.filter(pk=job.pk).update(
            created_at=end - timedelta(minutes=9), queued_at=end - timedelta(minutes=9),
            started_at=end - timedelta(minutes=random.randint(2, 8)), completed_at=end)
"""


def main() -> None:
    # Only the worker reads documents that take as long as a picture needs.
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        running_site(Path(folder), CONVERSION_FAULT_INJECTION="true") as site,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(base_url=site.address, viewport=SIZE, reduced_motion="reduce")
        page = context.new_page()
        sign_in(page)
        take_all(page, site)
        browser.close()


def take_all(page: Page, site: Site) -> None:
    site.manage("shell", "-c", HISTORY)
    site.manage("bootstrap", "--organization=Northwind", "--username=grace",
                "--password=correct horse battery staple", "--role=member")  # fmt: skip
    jobs = make_jobs(BrowserApi(page))
    row = jobs["row"]

    take(page, "jobs", "/jobs")
    take(page, "jobs-dark", "/jobs", theme="dark")
    take(page, "job", f"/jobs/{jobs['done']}")
    take(page, "job-failures", f"/jobs/{jobs['partial']}")
    take(page, "job-running", f"/jobs/{jobs['running']}")
    take(page, "review", f"/jobs/{jobs['done']}?sort=worst#job-documents")
    take(page, "result", f"/jobs/{jobs['done']}/documents/{row}")
    take(page, "export", f"/jobs/{jobs['done']}?tab=export")
    take(page, "create-new-job", f"/jobs/{jobs['draft']}/setup/select")
    take(page, "configure", f"/jobs/{jobs['draft']}/setup/configure")
    take(page, "review-step", f"/jobs/{jobs['draft']}/setup/review")
    take(page, "process", "/process")
    take(page, "job-management", "/settings-admin")
    take(page, "members", "/settings-admin/members")
    BrowserApi(page).post(f"/jobs/{jobs['running']}/cancel")


def make_jobs(api: BrowserApi) -> dict[str, str]:
    reports = [api.upload(name, (SAMPLES / "files" / name).read_bytes()) for name in REPORTS]
    archive = [api.upload(name, (SAMPLES / "files" / name).read_bytes()) for name in ARCHIVE]
    damaged = [api.upload(name, (SAMPLES / "bad" / name).read_bytes()) for name in DAMAGED]
    slow = [api.upload(f"volume-{number:02}.txt", long_document(number)) for number in range(6)]
    done = api.start(
        "Q4 financial reports", *reports, description="For the board, from the shared drive"
    )
    partial = api.start("Archive, box 12", *archive, *damaged)
    api.wait(done)
    api.wait(partial)
    # Two volumes hold the workers; what was quick before them is done.
    running = api.start("Minutes 1990 to 2024", *reports[:4], *slow)
    draft = api.start("Supplier contracts", *reports[:5], start_immediately=False)
    rows = api.get(f"/jobs/{done}/documents")["documents"]
    for number, verdict in enumerate(["accepted", "accepted", "excluded", "accepted"]):
        api.send("PATCH", f"/jobs/{done}/documents/{rows[number]['id']}", data={"review": verdict})
    row = next(row["id"] for row in rows if row["filename"] == "report.pdf")
    return {"done": done, "partial": partial, "running": running, "draft": draft, "row": row}


def long_document(number: int) -> bytes:
    return f"#!curatore-fault sleep 120\nVolume {number} of the minutes.\n".encode()


def take(page: Page, name: str, address: str, *, theme: str = "light") -> None:
    page.emulate_media(color_scheme=theme)
    answer = page.goto(address, wait_until="load")
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"
    page.wait_for_timeout(300)  # fonts and times
    page.screenshot(path=IMAGES / f"{name}.png")


if __name__ == "__main__":
    main()
