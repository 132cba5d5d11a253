"""Celery on a machine whose clock is some seconds ahead: `python -m tests.faults.ahead SECONDS worker …`."""

import datetime as dt
import sys

import time_machine
from celery.__main__ import main

if __name__ == "__main__":
    ahead = dt.timedelta(seconds=int(sys.argv.pop(1)))
    with time_machine.travel(dt.datetime.now(dt.UTC) + ahead):
        main()
