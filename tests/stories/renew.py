"""Write down anew what the stories tell, to be read before it is committed: ``python -m tests.stories.renew``."""

from tests.stories.test_stories import STORIES, TOLD


def main() -> None:
    """Write one text a story."""
    for story in STORIES:
        (TOLD / f"{story.__name__}.txt").write_text(story().told())


if __name__ == "__main__":
    main()
