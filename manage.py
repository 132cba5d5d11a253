#!/usr/bin/env python
"""Commands of the installation. They work beside a running `make run` with no further settings."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, connection


def main() -> None:
    """Run the command of the arguments; a database that does not answer is one sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "itsm.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        if connection.connection is not None:
            raise
        where = "{HOST}:{PORT}".format(**connection.settings_dict)
        reason = str(error).strip().splitlines()[0]
        sys.stderr.write(f"The database does not answer at {where}: start it with make run. ({reason})\n")
        sys.exit(2)
    except ImproperlyConfigured as error:
        sys.stderr.write(f"The settings cannot be used: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
