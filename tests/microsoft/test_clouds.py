from dataclasses import replace

import pytest

from bot.microsoft import CLOUDS, GLOBAL, Cloud


@pytest.mark.parametrize("cloud", CLOUDS.values())
def test_every_cloud_has_addresses_to_build_on(cloud: Cloud) -> None:
    """https, and no slash at the end."""
    for address in (cloud.login, cloud.graph, cloud.outlook, cloud.flow):
        assert address.startswith("https://")
        assert not address.endswith("/")
    assert cloud.graph_scope == f"{cloud.graph}/.default"
    assert cloud.outlook_scope == f"{cloud.outlook}/.default"
    assert cloud.flow_scope == f"{cloud.flow}//.default"


def test_the_clouds_differ_but_for_gcc() -> None:
    """GCC uses the worldwide addresses, except for flows."""
    assert CLOUDS["global"] is GLOBAL
    assert CLOUDS["gcc"] == replace(GLOBAL, flow=CLOUDS["gcc"].flow)
    assert len({cloud.flow for cloud in CLOUDS.values()}) == len(CLOUDS)
    assert len({cloud.graph for cloud in CLOUDS.values()}) == len(CLOUDS) - 1
