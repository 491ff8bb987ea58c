import inspect

from bot.watch import WATCHERS


def test_every_watcher_in_the_table_has_a_name_looks_and_says_whether_it_can_see() -> None:
    """One table lists them all."""
    for watcher in WATCHERS.values():
        assert inspect.iscoroutinefunction(watcher.look)
        for name in ("name", "readable"):
            assert isinstance(inspect.getattr_static(watcher, name), property)
