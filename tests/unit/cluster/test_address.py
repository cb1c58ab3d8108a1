from __future__ import annotations

from pathlib import Path

import pytest

from chaindesk.cluster.address import ClusterAddress
from chaindesk.domain.errors import ClusterError


@pytest.mark.parametrize("url", ["tcp://127.0.0.1:8786", "tcp://localhost:8786", "tcp://[::1]:8786"])
def test_this_machine_alone_needs_no_tls(url: str) -> None:
    assert ClusterAddress.parse(url) == ClusterAddress(url)


@pytest.mark.parametrize(
    "url", ["tcp://10.0.0.7:8786", "tcp://0.0.0.0:8786", "tcp://head.example.org:8786", "tcp://localhost.example:8786"]
)
def test_any_other_machine_is_refused_without_tls(url: str) -> None:
    with pytest.raises(
        ClusterError, match=r"its address is without TLS\. Whoever reaches such a port can run programs"
    ):
        ClusterAddress.parse(url)


@pytest.mark.parametrize("text", ["head:8786", "https://head:8786", "tls://head", "tls://:8786", "tls://head:x", ""])
def test_what_is_no_address_is_told_with_the_form_of_one(text: str) -> None:
    with pytest.raises(ClusterError, match=r"is no address of a cluster\. Write tls://HOST:PORT"):
        ClusterAddress.parse(text)


def test_a_certificate_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClusterError, match=r"There is no file .*ca\.pem"):
        ClusterAddress.parse("tls://head:8786", ca_file=tmp_path / "ca.pem")


def test_tls_without_certificates_is_refused() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ClusterError, match="needs certificates: --tls-ca-file, --tls-cert and --tls-key"):
        ClusterAddress.parse("tls://head:8786").security()


def test_tls_asks_every_side_for_encryption(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    for name in ("ca", "cert", "key"):
        (tmp_path / name).touch()
    paths = tmp_path / "ca", tmp_path / "cert", tmp_path / "key"
    security = ClusterAddress.parse("tls://head.example.org:8786", *paths).security()
    assert security.require_encryption
    assert (security.tls_client_cert, security.tls_worker_key) == (str(paths[1]), str(paths[2]))


def test_a_scheduler_or_worker_that_others_reach_is_refused_without_tls() -> None:
    address = ClusterAddress.parse("tcp://127.0.0.1:8786")
    address.check_reached("tcp://127.0.0.1:4000", "The worker")
    with pytest.raises(ClusterError, match=r"The worker at tcp://192\.168\.0\.4:4000 is not on this machine"):
        address.check_reached("tcp://192.168.0.4:4000", "The worker")
