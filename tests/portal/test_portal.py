import pytest
from customers import scoping
from core.actor import ALL
from tickets import actions, verbs
from incidents import actions as incidents
from tests.places import NOON

def test_smoke(town, visitor, fault):
    c = visitor(town.acme.requester)
    for url in ["/", "/report/", "/requests/", "/requests/?show=closed", "/requests/?q=vpn", f"/requests/{fault.number}/", f"/requests/{fault.number}/cancel/", f"/{fault.number}", "/report/similar/?what=vpn"]:
        r = c.get(url)
        print(url, r.status_code, r.headers.get("Location"))
        assert r.status_code in (200, 302), r.content.decode()[:3000]
