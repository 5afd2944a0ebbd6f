"""Behind nginx, with the configuration of docs/deployment.md: whom Curatore believes what."""

import http.client
import json
import os
import re
import shutil
import ssl
import subprocess

import pytest
from django.conf import settings

from tests.cluster.conftest import wait_for
from tests.cluster.web import BOUNDARY, multipart
from tests.site import ADMIN, PASSWORD, free_port, running_site

NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(
        not NGINX and "REQUIRE_NGINX" not in os.environ,
        reason="nginx is not installed: apt install nginx",
    ),
]

DEPLOYMENT = settings.BASE_DIR / "docs" / "deployment.md"
ALLOWED = 3  # requests of one address in a minute, without a token


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    variables = {"HTTPS_ONLY": "true", "PROXY_COUNT": "1"}
    variables |= {"API_ANONYMOUS_RATE_LIMIT": str(ALLOWED), "API_LOGIN_RATE_LIMIT": "0"}
    with running_site(folder, **variables) as site, Proxy(site, folder) as proxy:
        yield proxy


class Proxy:
    """An nginx in front of a site."""

    def __init__(self, site, folder):
        self.http_port, self.https_port = free_port(), free_port()
        certificate, key = folder / "certificate.pem", folder / "key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
             "-nodes", "-subj", "/CN=localhost", "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
        (server,) = re.findall(r"^```nginx\n(.*?)^```$", DEPLOYMENT.read_text(), re.M | re.S)
        for documented, here in {
            "listen 80;": f"listen 127.0.0.1:{self.http_port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{self.https_port} ssl;",
            "curatore.example.org": "localhost",
            "/etc/ssl/certs/curatore.pem": str(certificate),
            "/etc/ssl/private/curatore.key": str(key),
            "http://127.0.0.1:8000": site.address,
        }.items():
            assert documented in server
            server = server.replace(documented, here)
        temporary = "".join(
            f"{kind}_temp_path {folder}/{kind};\n"
            for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        user = "user root;\n" if os.geteuid() == 0 else ""
        configuration = folder / "nginx.conf"
        configuration.write_text(
            f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/nginx.log;\n"
            f"events {{}}\nhttp {{\naccess_log off;\n{temporary}{server}}}\n"
        )
        self.command = [NGINX, "-c", str(configuration), "-e", f"{folder}/nginx.log"]

    def __enter__(self):
        self.process = subprocess.Popen(self.command)
        wait_for(self.answers, "nginx")
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait(timeout=20)

    def answers(self):
        try:
            return self.ask("GET", "/healthz").status == 200
        except ConnectionRefusedError:
            return False

    def ask(self, method, path, body=None, *, source="127.0.0.1", is_secure=True, **headers):
        """The answer to a client with this address; its body is read already, as `content`."""
        options = {"timeout": 60, "source_address": (source, 0)}
        if is_secure:
            unverified = ssl._create_unverified_context()
            connection = http.client.HTTPSConnection(
                "localhost", self.https_port, context=unverified, **options
            )
        else:
            connection = http.client.HTTPConnection("localhost", self.http_port, **options)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer


def test_clients_are_told_apart_by_their_addresses(proxy):
    # Twice as many as allowed, since a minute may end in between.
    asked = [proxy.ask("GET", "/api/v1/jobs", source="127.0.0.2") for _ in range(2 * ALLOWED + 1)]
    other = proxy.ask("GET", "/api/v1/jobs", source="127.0.0.3")

    assert asked[0].status == 401
    assert 429 in {answer.status for answer in asked}
    assert other.status == 401


def test_no_client_can_invent_its_address(proxy):
    forged = [
        proxy.ask(
            "GET",
            "/api/v1/jobs",
            source="127.0.0.4",
            **{"X-Forwarded-For": f"198.51.100.{n}", "X_Forwarded_For": f"198.51.100.{n}"},
        )
        for n in range(2 * ALLOWED + 1)
    ]

    assert 429 in {answer.status for answer in forged}


def test_who_comes_without_https_is_sent_there(proxy):
    insecure = proxy.ask("GET", "/login?next=/jobs", is_secure=False)
    forged = proxy.ask("GET", "/login", is_secure=False, **{"X-Forwarded-Proto": "https"})
    secure = proxy.ask("GET", "/login")

    assert insecure.status == forged.status == 301
    assert insecure.headers["Location"] == "https://localhost/login?next=/jobs"
    assert secure.status == 200
    assert "Secure" in secure.headers["Set-Cookie"]
    assert secure.headers["Strict-Transport-Security"]


def test_a_refused_body_is_refused_in_curatores_words(proxy):
    answer = proxy.ask("POST", "/login", b"x" * 3_000_000)

    assert answer.status == 413
    assert b"are accepted here" in answer.content


def test_files_go_up_and_archives_come_down(proxy):
    credentials = json.dumps({"email_or_username": ADMIN, "password": PASSWORD})
    signed_in = proxy.ask(
        "POST", "/api/v1/auth/login", credentials, **{"Content-Type": "application/json"}
    )
    key = {"X-API-Key": json.loads(signed_in.content)["access_token"]}
    body = multipart("words.txt", b"Words that wander. " * 100_000)
    uploaded = proxy.ask(
        "POST", "/api/v1/documents/upload", body, **key, **{"Content-Type": BOUNDARY}
    )
    document = json.loads(uploaded.content)["document_id"]
    wanted = json.dumps({"document_ids": [document]})
    made = proxy.ask("POST", "/api/v1/jobs", wanted, **key, **{"Content-Type": "application/json"})
    job = f"/api/v1/jobs/{json.loads(made.content)['id']}"
    wait_for(lambda: json.loads(proxy.ask("GET", job, **key).content)["outcome"], "the job")

    archive = proxy.ask("GET", f"{job}/download?type=individual", **key)

    assert archive.status == 200
    assert archive.content.startswith(b"PK")
