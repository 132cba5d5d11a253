"""The story of one incident by REST: reported, taken, asked back, answered, resolved, confirmed."""

from tests.api.callers import Caller
from tests.places import World


def test_an_incident_from_the_first_call_to_the_confirmation(world: World):
    requester, agent = Caller(world.acme.requester), Caller(world.agent)
    said = {
        "title": "VPN drops",
        "description": "Every few minutes.",
        "service": "remote-access-acme",
        "impact": 2,
        "urgency": 2,
    }
    opened = requester.post("incidents/", said)
    assert opened.status_code == 201, opened.content
    number = opened.json()["number"]
    assert opened["Location"].endswith(f"/api/v1/incidents/{number}/")
    assert opened["ETag"] == '"1"'
    agent.get(f"incidents/{number}/").json()
    assert agent.post(f"incidents/{number}/actions/accept/").json()["state"] == "in_progress"
    held = agent.post(
        f"incidents/{number}/actions/hold/", {"reason": "customer", "message": "Which version?"}
    )
    assert held.status_code == 200, held.content
    answered = requester.post(f"tickets/{number}/messages/", {"kind": "reply", "body": "5.2"})
    assert answered.status_code == 201, answered.content
    resolved = agent.post(f"incidents/{number}/actions/resolve/", {"code": "fixed", "note": "Rolled back."})
    assert resolved.status_code == 200, resolved.content
    closed = requester.post(f"incidents/{number}/actions/close/")
    assert closed.json()["state"] == "closed", closed.content
