from datetime import timedelta

from bot.jobs.others import Others
from bot.store import RunningJob

JOB = RunningJob(1, 1, 0)
BEAT = RunningJob(1, 1, 1)


def test_a_job_is_silent_once_it_has_been_the_same_for_a_lease() -> None:
    """Counted from when we first saw it so: a new process waits a whole lease before it takes anything over."""
    others = Others(timedelta(seconds=10))
    assert others.silent([JOB], 100.0) == []
    assert others.silent([JOB], 109.9) == []
    assert others.silent([JOB], 110.0) == [JOB]


def test_a_beat_begins_the_wait_anew() -> None:
    """Also a job that ended and one that was taken over by somebody else."""
    others = Others(timedelta(seconds=10))
    others.silent([JOB], 100.0)
    assert others.silent([BEAT], 110.0) == []
    assert others.silent([RunningJob(1, 2, 1)], 115.0) == []
    assert others.silent([], 116.0) == []
    assert others.silent([BEAT], 120.0) == []
