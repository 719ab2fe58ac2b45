"""What a person does at HQ, through HQ's own commands and its console, as a browser does."""

from __future__ import annotations

import re
import secrets

import requests

from demo.hq_process import HqProcess

_TIMEOUT_S = 60.0
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class ConsoleVisit:
    """One sign-on at the console of a running HQ, with a login made for it."""

    def __init__(self, hq: HqProcess) -> None:
        name, password = f"p{secrets.token_hex(8)}", secrets.token_urlsafe(24)
        hq.run(
            "createsuperuser", "--noinput", "--username", name, "--email", f"{name}@shop.example",
            environment={"DJANGO_SUPERUSER_PASSWORD": password},
        )  # fmt: skip
        self._url = hq.url
        self._session = requests.Session()
        self._session.trust_env = False
        self._send("/console/login/", username=name, password=password, next="/console/")

    def revoke(self, register_id: str) -> None:
        """Close a register: asked on its page, confirmed there."""
        page = self._send(f"/console/devices/register/{register_id}/revoke/")
        assert "is revoked" in page, page[:2000]

    def close(self) -> None:
        self._session.close()

    def _send(self, path: str, **fields: str) -> str:
        """Open the page with the form, and send it. Returns the page that comes then."""
        asked = self._session.get(self._url + path, timeout=_TIMEOUT_S)
        asked.raise_for_status()
        token = _TOKEN.search(asked.text)
        assert token is not None, f"{path} has no form"
        sent = self._session.post(
            self._url + path,
            data={"csrfmiddlewaretoken": token[1], **fields},
            headers={"Referer": self._url + path},
            timeout=_TIMEOUT_S,
        )
        sent.raise_for_status()
        return sent.text


def revoke(hq: HqProcess, register_id: str) -> None:
    """A person at HQ closes this register."""
    visit = ConsoleVisit(hq)
    try:
        visit.revoke(register_id)
    finally:
        visit.close()
