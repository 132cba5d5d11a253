"""What if: the tickets of a period judged once more, as it was agreed and as it might be. Writes nothing but its job.

`stories` reads what the journal says about each ticket, `replaying` takes it through the clocks, `rules` answers which
target holds, `tallying` counts both verdicts, `running` does that as a job. A clock is always derived from the entries,
so before and after are one arithmetic, and imported history, which has no clocks, is judged like the rest.
"""
