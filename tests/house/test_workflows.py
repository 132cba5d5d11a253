"""Every process's table is whole, and the page about it is the one that the table gives."""

from pathlib import Path

import pytest
from django.conf import settings

from accounts.roles import PERMISSIONS, SUPPLIER_PERMISSIONS
from tickets import diagrams, inputs, processes

PROCESSES = processes.every()
EVERY_PERMISSION = SUPPLIER_PERMISSIONS.union(*PERMISSIONS.values())


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.kind)
def test_the_page_about_a_workflow_is_the_one_that_its_table_gives(process):
    page = Path(settings.BASE_DIR) / "docs" / "workflows" / f"{process.kind}.md"
    assert page.read_text() == diagrams.page(process), "run manage.py write_workflows"


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.kind)
def test_every_verb_has_an_action_and_every_action_a_verb(process):
    assert process.actions.keys() == process.workflow.transitions.keys()


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.kind)
def test_every_state_can_be_reached_and_every_open_one_be_left(process):
    flow = process.workflow
    reached, edge = {flow.initial}, {flow.initial}
    while edge:
        edge = {
            one.target for one in flow.transitions.values() if one.target and one.sources & edge
        } - reached
        reached |= edge
    assert reached == flow.states.keys()
    left = {source for one in flow.transitions.values() if one.target for source in one.sources}
    assert {name for name, state in flow.states.items() if state.phase != "closed"} <= left


@pytest.mark.parametrize("process", PROCESSES, ids=lambda one: one.kind)
def test_every_verb_needs_a_permission_that_some_role_has_and_reads_fields_that_both_doors_know(process):
    for one in process.workflow.transitions.values():
        assert one.permission in EVERY_PERMISSION
        assert {each.type for each in one.fields} <= inputs.READERS.keys()
        assert one.sources <= process.workflow.states.keys()
