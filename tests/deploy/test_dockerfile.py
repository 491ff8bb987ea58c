import re
from fnmatch import fnmatch

from bot.settings import Environment
from bot.web.app import UNGUARDED
from tests.deploy.places import BIN, DEPLOY, ROOT, run

DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
STAGES = re.split(r"^FROM .*$", DOCKERFILE, flags=re.MULTILINE)[1:]


def instructions(name: str, stage: str = DOCKERFILE) -> list[str]:
    """Give what follows an instruction, continued lines joined."""
    joined = re.sub(r"\\\n\s*", " ", stage)
    return re.findall(rf"^{name} (.+)$", joined, flags=re.MULTILINE)


def test_hadolint_finds_nothing() -> None:
    done = run(BIN / "hadolint", "--failure-threshold", "info", DEPLOY / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_it_is_built_in_two_stages_from_images_with_a_version() -> None:
    images = instructions("FROM")
    assert len(images) == 2
    assert all(re.search(r":\d+\.\d+-slim", image) for image in images)


def test_it_never_runs_as_root_and_the_number_says_so() -> None:
    user = instructions("USER", STAGES[-1])[-1]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)
    assert DOCKERFILE.index("USER ") < DOCKERFILE.index("ENTRYPOINT ")


def test_what_is_fetched_is_pinned_by_its_hash_and_nothing_else_is_fetched() -> None:
    installs = re.findall(r"/pip (?:install|wheel) [^&\n]*", re.sub(r"\\\n\s*", " ", DOCKERFILE))
    assert len(installs) == 4
    for command in installs:
        assert "--no-index" in command or "--require-hashes --only-binary :all: --requirement deploy/" in command


def test_the_python_is_one_that_the_project_allows() -> None:
    assert {re.search(r"python:(\d+\.\d+)", image)[1] for image in instructions("FROM")} == {"3.11"}  # type: ignore[index]  # a None fails the test as well


def test_port_and_health_check_are_those_of_the_program() -> None:
    port = Environment.model_fields["listen"].default.rpartition(":")[2]
    (check,) = instructions("HEALTHCHECK")
    assert instructions("EXPOSE") == [port]
    assert f"MAILSTATUS_LISTEN=0.0.0.0:{port}" in DOCKERFILE
    assert f"http://127.0.0.1:{port}/healthz" in check
    assert "/healthz" in UNGUARDED


def test_every_variable_that_it_sets_is_a_setting() -> None:
    ours = {field.alias for field in Environment.model_fields.values()}
    assert set(re.findall(r"\b(MAILSTATUS_\w+)=", DOCKERFILE)) <= ours


def test_the_store_is_in_the_volume() -> None:
    (volume,) = instructions("VOLUME")
    assert f"XDG_STATE_HOME={volume.removesuffix('/mailstatus')}" in DOCKERFILE


def test_the_entry_point_is_our_command() -> None:
    assert instructions("ENTRYPOINT") == ['["mailstatus"]']
    assert instructions("CMD")[-1] == '["run"]'


def test_all_that_is_copied_exists_and_is_not_ignored() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    kept = [line.removeprefix("!") for line in lines if line.startswith("!")]
    for words in instructions("COPY", STAGES[0]):
        for source in words.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert any(fnmatch(source.removeprefix("./"), line) for line in kept), source


def test_no_secret_is_sent_to_the_builder() -> None:
    lines = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    assert "*" in lines
    assert "**/.env" in lines
    assert "!.env" not in lines
