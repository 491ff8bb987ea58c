"""Answers that were given already."""

from bot.words import answers
from bot.words.answers import Answer
from handlers.asked import Asked
from handlers.remembered import MOST, Remembered
from tests.handlers.examples import healthy, snapshot
from tests.handlers.people import ANA


def asked(text: str = "", language: str = "en") -> Asked:
    """Ask something."""
    return Asked(text=text, person=ANA, name="ana", language=language)


class Counted:
    """Makes answers, and counts them."""

    def __init__(self) -> None:
        """Begin with none."""
        self.made = 0

    def make(self) -> Answer:
        """Make one."""
        self.made += 1
        return answers.now(healthy(), "en")


def test_the_same_question_is_answered_once_a_snapshot() -> None:
    """By whomever it is asked."""
    memory, counted, shown = Remembered(), Counted(), snapshot()
    first = memory.answer(shown, asked(), counted.make)
    assert memory.answer(shown, asked(), counted.make) is first
    assert counted.made == 1


def test_another_question_or_language_or_moment_is_another_answer() -> None:
    """Nothing old is told."""
    memory, counted, shown = Remembered(), Counted(), snapshot()
    for question in (asked(), asked("details"), asked(language="de")):
        memory.answer(shown, question, counted.make)
    memory.answer(snapshot(), asked(), counted.make)
    assert counted.made == 4


def test_the_memory_is_bounded() -> None:
    """Whatever people type."""
    memory, shown = Remembered(), snapshot()
    for number in range(MOST * 3):
        memory.answer(shown, asked(str(number)), Counted().make)
    assert len(memory._said) <= MOST
