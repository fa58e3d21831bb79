"""Real movement notices at a real node: staff, one made-up person with a decision, and as many notices as wanted.

Scripts that run inside the node's own environment (``RealNode.ask``).
"""

from __future__ import annotations

STAFF = """
import json
from pathlib import Path
from django.conf import settings
from somec.access import actions as access_actions
from somec.access.rules import node_actor
from somec.simulation import cast
state = settings.CONFIG.state
country = next(one for one in cast.COUNTRIES if one.state == state)
offices = {}
for office in country.offices:
    offices[office.key] = access_actions.create_authority(
        actor=node_actor(state), name=office.name, kind=office.kind, state=state, parent=offices.get(office.parent))
people = {
    one.key: access_actions.create_user(
        actor=node_actor(state), email=one.email(state), name=one.name, authority=offices[one.office], roles=one.roles)
    for one in country.staff
}
print(json.dumps(people))
"""
"""Give the node the staff of the demonstration; returns who is who."""

_STORY = """
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from django.conf import settings
from somec.kernel import clock
from somec.movements import actions, queries
from somec.movements.rules import Kind
import movement_story as story
from two_nodes import Node
story.DEPARTS = clock.now() + timedelta(days=11)
story.ARRIVES, story.EXPECTED = story.DEPARTS + timedelta(hours=3), story.DEPARTS + timedelta(days=3)
here = Node(settings.CONFIG.state, Path('.'))
here.people = DATA['people']
person = DATA.get('person')
if person is None:
    person = story.person(here)
    story.decision(here, person, DATA['to'])
officer, head, desk = (here.actor(key) for key in ('officer', 'head', 'desk'))
made, allowed = story.content(person, here, DATA['to']), None
def notice():
    global allowed
    id = actions.draft_notice(actor=officer, person_id=person, kind=Kind.RELOCATION, destinations=(DATA['to'],))
    if allowed is None:
        missing = queries.readiness(officer, id)
        allowed = {item.code: 'Not known today' for item in missing.items if item.optional}
    actions.save_notice(actor=officer, id=id, version=1, content=replace(made, kind=Kind.RELOCATION, allowed_missing=allowed))
    actions.submit_notice(actor=officer, id=id, version=2)
    actions.approve_notice(actor=head, id=id, version=3)
    return id
def transmit(id):
    actions.transmit_notice(actor=desk, id=id, version=4)
"""

NOTICES = (
    _STORY
    + """
for _ in range(DATA['count']):
    transmit(notice())
    time.sleep(DATA.get('pause', 0))
print(json.dumps(person))
"""
)
"""Write, approve and transmit so many notices, one by one, as three people would; returns the person's file."""
