import pytest

from bot.egress import Vendor, fault, host_fault, same_origin

PRIVATE = (
    "127.0.0.1",
    "127.8.9.10",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",  # metadata of most clouds
    "168.63.129.16",  # Azure's own, though its number is public
    "192.0.0.192",  # Oracle's
    "100.100.100.200",  # Alibaba's, among the addresses of carriers
    "0.0.0.0",  # noqa: S104 - nothing is bound
    "255.255.255.255",
    "224.0.0.1",
    "::1",
    "::",
    "fe80::1",
    "fd00:ec2::254",  # Amazon's
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",  # Teredo, with 192.0.2.45 in it
)
ODD = (
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "127.1",
    "127.0.1",
    "\uff11\uff12\uff17.0.0.1\u2460\u2461\u2466.0.0.1",
    "127\u30020\u30020\u30021",
    "127.0.0.1.",
    "8.8.8.010",
    "134744072",
    "1.2.3",
    "name.127.1",
    "name.0x7f",
)
INSIDE = (
    "localhost",
    "LOCALHOST.",
    "\u24dbocalhost",
    "db",
    "printer.local",
    "metadata.google.internal",
    "api.default.svc",
    "router.home.arpa",
    "nas.lan",
    "",
    "bücher.de",
    "a..b",
    "-a.de",
    "a.b-",
    "a" * 64 + ".de",
)
PUBLIC = (
    "status.contoso.com",
    "STATUS.contoso.com.",
    "xn--bcher-kva.de",
    "8.8.8.8",
    "2606:4700::1111",
    "64:ff9b::8.8.8.8",
)


@pytest.mark.parametrize("host", [*PRIVATE, *ODD, *INSIDE])
def test_a_host_inside_is_refused_in_whatever_form(host: str) -> None:
    """Also where it would lead outside: resolvers disagree about odd forms."""
    assert host_fault(host)


@pytest.mark.parametrize("host", PUBLIC)
def test_a_public_host_may_be_called(host: str) -> None:
    """By name, and by a plain address."""
    assert host_fault(host) == ""


@pytest.mark.parametrize("host", [*PRIVATE, *ODD, *INSIDE, *PUBLIC])
def test_an_address_is_judged_by_its_host(host: str) -> None:
    """With and without a port."""
    named = f"[{host}]" if ":" in host else host
    for url in (f"https://{named}/feed", f"https://{named}:8443/feed"):
        assert bool(fault(url)) == (host not in PUBLIC)


@pytest.mark.parametrize(
    "url",
    [
        "http://status.contoso.com/",
        "file:///etc/passwd",
        "gopher://status.contoso.com/",
        "status.contoso.com",
        "//status.contoso.com/",
        "https:///feed",
        "https:status.contoso.com",
        "https://10.0.0.1@status.contoso.com/",
        "https://status.contoso.com@10.0.0.1/",
        "https://user:password@status.contoso.com/",
        "https://status.contoso.com\\@10.0.0.1/",
        "https://10.0.0.1\\.status.contoso.com/",
        "https://status.contoso.com\t.evil/",
        "https://status.contoso.com\n/",
        " https://status.contoso.com/",
        "https://status.contoso.com%2f@10.0.0.1/",
        "https://[fe80::1%25eth0]/",
        "https://[::1/",
        "https://status.contoso.com:99999/",
        "https://status.contoso.com:0/",
        "https://status.contoso.com:x/",
        "",
    ],
)
def test_what_is_no_plain_address_by_https_is_refused(url: str) -> None:
    """Above all what two parsers would read in two ways."""
    assert fault(url)


HOOKS = Vendor(hosts=("hooks.slack.com",), below=(".slack-gov.com",))


@pytest.mark.parametrize(
    ("url", "may"),
    [
        ("https://hooks.slack.com/actions/T1/2/x", True),
        ("https://HOOKS.slack.com:443/actions", True),
        ("https://a.slack-gov.com/", True),
        ("https://slack-gov.com/", False),
        ("https://evilslack-gov.com/", False),
        ("https://hooks.slack.com.evil.com/", False),
        ("https://hooks.slack.com./", False),
        ("https://evil.com/hooks.slack.com/", False),
        ("https://evil.com#hooks.slack.com", False),
        ("https://hooks.slack.com@evil.com/", False),
        ("https://hooks.slack.com:8443/", False),
        ("http://hooks.slack.com/", False),
        ("wss://hooks.slack.com/", False),
    ],
)
def test_where_the_vendor_is_known_its_hosts_alone_are(url: str, may: bool) -> None:  # noqa: FBT001 - a table's column
    """By the whole name, or by a whole domain."""
    assert (HOOKS.fault(url) == "") is may


@pytest.mark.parametrize(
    ("url", "own", "may"),
    [
        ("http://127.0.0.1:9009/x", "http://127.0.0.1:9009/api/", True),
        ("ws://127.0.0.1:9009/socket", "http://127.0.0.1:9009/api/", True),
        ("http://127.0.0.1:9010/x", "http://127.0.0.1:9009/api/", False),
        ("https://slack.test/x", "https://slack.test/api/", True),
        ("http://slack.test:443/x", "https://slack.test/api/", False),
        ("http://169.254.169.254/x", "", False),
    ],
)
def test_the_operators_own_place_is_known_too(url: str, own: str, may: bool) -> None:  # noqa: FBT001 - as above
    """The same host and port, and never without TLS where the operator wants TLS."""
    assert (HOOKS.fault(url, own=own) == "") is may


@pytest.mark.parametrize(
    ("other", "same"),
    [
        ("https://graph.microsoft.com/v1.0/x?$skip=2", True),
        ("https://graph.microsoft.com:443/x", True),
        ("https://GRAPH.microsoft.com/x", True),
        ("http://graph.microsoft.com/x", False),
        ("https://graph.microsoft.com:444/x", False),
        ("https://graph.microsoft.com.evil.com/x", False),
        ("https://user@graph.microsoft.com/x", False),
        ("//graph.microsoft.com/x", False),
        ("/v1.0/x", False),
    ],
)
def test_one_origin_is_scheme_host_and_port(other: str, same: bool) -> None:  # noqa: FBT001 - as above
    """Nobody's name and password beside it."""
    assert same_origin(other, "https://graph.microsoft.com/v1.0") is same
