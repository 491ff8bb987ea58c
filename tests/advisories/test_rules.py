"""What a rule is, and what rules look at."""

from bot.advisories import actions, directions, kinds, relief, states, symptoms, topics
from bot.advisories.rules import Rule, every, first
from bot.advisories.vocabulary import compiled
from tests.advisories.samples import seen

TABLES = (
    symptoms.SYMPTOMS,
    symptoms.VAGUE,
    directions.WAYS,
    directions.WEAK,
    kinds.ANNOUNCED,
    kinds.ADMIN,
    kinds.ELSEWHERE,
    states.NO_HARM,
    states.UNSURE,
    states.NO_RELIEF,
    relief.RELIEF,
    topics.TOPICS,
    topics.CLIENTS,
    tuple(rule for _, rule in actions.ADVICE),
)


def test_a_rule_holds_where_its_pattern_is_found_and_its_exception_is_not() -> None:
    rule = Rule("late", r"\blate\b", "late is late", r"\bnot late\b")
    assert rule.holds("mail is late")
    assert not rule.holds("mail is fine")
    assert not rule.holds("mail is not late")


def test_the_first_rule_that_holds_decides() -> None:
    rules = (Rule(1, "a", "one"), Rule(2, "b", "two"), Rule(2, "c", "two as well"))
    assert first(rules, "b c") is rules[1]
    assert first(rules, "x") is None
    assert every(rules, "a b c") == (1, 2)


def test_every_rule_can_be_read_has_a_reason_and_tells_no_more_than_it_may() -> None:
    for rule in (rule for table in TABLES for rule in table):
        assert compiled(rule.pattern).search("") is None, rule
        assert rule.why.strip(), rule


def test_what_works_is_kept_apart_from_what_does_not() -> None:
    facts = seen(
        "Late mail", "More info: Mail to outside is late. Internal messages aren't delayed.\nCurrent status: We look."
    )
    assert facts.more == "mail to external is late."
    assert facts.relief == "internal mail are not late."
    assert facts.status == "we look."


def test_a_sentence_that_names_a_bounce_is_harm_whatever_else_it_says() -> None:
    facts = seen("x", "More info: People get a non-delivery report although the address is right.")
    assert "ndr" in facts.more


def test_the_newest_explanation_counts() -> None:
    facts = seen("Late mail", "Mail is late, and nobody knows why.")
    assert facts.first_only
    assert facts.status == facts.more == "mail is late, and nobody knows why."


def test_an_advisory_without_posts_has_its_title_alone() -> None:
    facts = seen("Users can't open Outlook")
    assert facts.newest is None
    assert facts.layers == ("users cannot open outlook", "", "", "", "")
