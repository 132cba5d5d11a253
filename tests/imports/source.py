"""Small sources in the columns of the event log, written by hand, and what it takes to bring one in."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

HEADER = (
    "number,incident_state,sys_mod_count,caller_id,opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,"
    "sys_updated_at,contact_type,location,category,subcategory,u_symptom,cmdb_ci,impact,urgency,priority,"
    "assignment_group,assigned_to,knowledge,u_priority_confirmation,problem_id,rfc,vendor,caused_by,closed_code,"
    "resolved_by,resolved_at,closed_at,reopen_count,made_sla,reassignment_count"
)
COLUMNS = HEADER.split(",")
PLAIN: dict[str, str] = {
    "number": "INC1", "incident_state": "New", "caller_id": "Caller 7", "opened_by": "Opened by  3",
    "opened_at": "1/3/2016 09:00", "sys_updated_by": "Updated by 9", "sys_updated_at": "1/3/2016 09:05",
    "contact_type": "Phone", "location": "Location 2", "category": "Category 5", "subcategory": "Subcategory 6",
    "u_symptom": "Symptom 1", "impact": "2 - Medium", "urgency": "2 - Medium", "priority": "3 - Moderate",
    "assignment_group": "Group 4", "assigned_to": "Resolver 8", "reopen_count": "0", "closed_code": "code 6",
    "resolved_at": "2/3/2016 10:00", "closed_at": "7/3/2016 10:00",
}  # fmt: skip
MAPPING = Path(__file__).resolve().parents[2] / "imports" / "mappings" / "servicenow_event_log.toml"


def row(**values: str) -> str:
    """One line of the event log; what is not given is unknown or plain."""
    told = PLAIN | values
    return ",".join(told.get(name, "?") for name in COLUMNS)


TAKEN = {"assignment_group": "Group 5", "assigned_to": "Resolver 9"}
LIFE = (
    row(),
    row(incident_state="Active", sys_updated_at="1/3/2016 09:30"),
    row(incident_state="Awaiting User Info", sys_updated_at="1/3/2016 10:00"),
    row(
        incident_state="Active", sys_updated_at="1/3/2016 12:00", assignment_group="Group 5", assigned_to="?"
    ),
    row(incident_state="Active", sys_updated_at="1/3/2016 12:00", **TAKEN),
    row(incident_state="Resolved", sys_updated_at="2/3/2016 10:00", **TAKEN),
    row(incident_state="Closed", sys_updated_at="7/3/2016 10:00", **TAKEN),
)


def write(folder: Path, *rows: str, name: str = "incidents.csv", encoding: str = "utf-8") -> Path:
    """A file of these rows under the event log's header."""
    path = folder / name
    path.write_bytes(("\n".join([HEADER, *rows]) + "\n").encode(encoding))
    return path


def bring_in(path: Path | str, *options: str, mapping: Path | str = MAPPING, customer: str = "acme") -> str:
    """Run the command; returns its report. `exit 1` at the end where the account does not match."""
    out = io.StringIO()
    try:
        call_command(
            "import_incidents",
            str(path),
            "--mapping",
            str(mapping),
            "--customer",
            customer,
            *options,
            stdout=out,
        )
    except SystemExit as end:
        out.write(f"exit {end.code}\n")
    return out.getvalue()


def refusal(*arguments: Any, **named: Any) -> str:
    """The one sentence with which the command refuses."""
    with pytest.raises(CommandError) as refused:
        bring_in(*arguments, **named)
    assert refused.value.returncode == 2
    return str(refused.value)


def numbers(report: str) -> dict[str, int]:
    """The first numbers of the report: {"Rows read": 7, "made": 1, …}."""
    found = {}
    for line in report.splitlines()[:8]:
        name, _space, value = line.rpartition(" ")
        if value.replace(",", "").isdecimal():
            found[name.strip()] = int(value.replace(",", ""))
    return found
