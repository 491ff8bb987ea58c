"""Whose trouble it is."""

import pytest

from bot.advisories.kinds import Kind, kind, product
from tests.advisories.samples import seen


@pytest.mark.parametrize(
    ("ident", "service", "title", "whose"),
    [
        ("EX1", "Exchange Online", "Users can't send email", Kind.MAIL),
        ("EX1", "Exchange Online", "Something odd", Kind.MAIL),
        ("EX1", "Exchange Online", "Admins can't open the Exchange admin center", Kind.ADMINS),
        ("EX1", "Exchange Online", "Users can't open the Exchange admin center", Kind.ADMINS),
        ("EX1", "Exchange Online", "Users and admins can't open mailboxes", Kind.MAIL),
        ("EX1", "Exchange Online", "Message traces end too early", Kind.ADMINS),
        ("EX1", "Exchange Online", "Users can't join Teams meetings", Kind.ELSEWHERE),
        ("EX1", "Exchange Online", "Users can't search in Outlook and SharePoint Online", Kind.MAIL),
        ("EX1", "Exchange Online", "Copilot can't summarize email", Kind.ELSEWHERE),
        ("MO1", "Microsoft 365 suite", "Users can't open Outlook", Kind.MAIL),
        ("MO1", "Microsoft 365 suite", "Users can't install Office", Kind.ELSEWHERE),
        ("MO1", "Microsoft 365 suite", "Notifications from services are late", Kind.ELSEWHERE),
        ("MO1", "", "Downstream impact for Microsoft Teams from an Exchange fault", Kind.ELSEWHERE),
        ("DZ1", "Microsoft Defender XDR", "Users' good email is quarantined", Kind.MAIL),
        ("TM1", "Microsoft Teams", "Delays sending and receiving messages", Kind.ELSEWHERE),
        ("TM1", "Microsoft Teams", "Users can't see free/busy in Teams", Kind.ELSEWHERE),
        ("SP1", "SharePoint Online", "Alert emails are late", Kind.ELSEWHERE),
        ("SP1", "SharePoint Online", "Users can't send or receive email in Exchange Online", Kind.MAIL),
        ("IT1", "Microsoft Intune", "Enrollment emails aren't sent", Kind.ELSEWHERE),
        ("MC1", "Exchange Online", "Outlook: new buttons", Kind.NEWS),
        ("EX1", "Exchange Online", "(Updated) Outlook: new buttons", Kind.NEWS),
        ("abc", "Proton, Proton Mail", "Outgoing messages are late", Kind.MAIL),
    ],
)
def test_whose_trouble_it_is(ident: str, service: str, title: str, whose: Kind) -> None:
    assert kind(seen(title, ident=ident, service=service)) is whose


def test_admins_may_see_first_what_hits_their_users() -> None:
    text = "More info: Messages that users send outside are marked as spam by mistake."
    assert kind(seen("Admins get copies of outbound email", text)) is Kind.MAIL


def test_a_service_that_is_named_as_stable_is_not_hit() -> None:
    text = "More info: Power BI fails. Exchange Online is stable."
    assert kind(seen("Trouble with many services", text, ident="MO1", service="Microsoft 365 suite")) is Kind.ELSEWHERE


def test_the_product_is_named_by_title_before_service() -> None:
    assert product(seen("Copilot fails", service="Microsoft Teams")) == "Copilot"
    assert product(seen("It fails", service="Microsoft Teams")) == "Microsoft Teams"
    assert product(seen("It fails")) == ""
