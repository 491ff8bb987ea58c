"""An event loop on which waiting takes no time."""

import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

import looptime

Given = ParamSpec("Given")


def without_waiting(test: Callable[Given, Coroutine[Any, Any, None]]) -> Callable[Given, None]:
    """Run a test's coroutine on a loop whose time leaps from one timer to the next."""

    @functools.wraps(test)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> None:
        # asyncio.Runner would also unset the thread's current loop, which pytest-asyncio has made and must close.
        loop = looptime.new_event_loop(start=0)
        try:
            loop.run_until_complete(test(*args, **kwargs))
        finally:
            loop.close()

    return run
