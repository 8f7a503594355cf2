"""A time stamping authority of our own, played by `openssl ts`; where that is missing, its tests are skipped."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

AUTHORITY = """
[req]
distinguished_name = name
prompt = no
[name]
CN = Root
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
subjectKeyIdentifier = hash
[tsa]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa_config]
serial = serial
signer_cert = tsa.pem
certs = root.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
"""


def an_authority(folder: Path) -> Path:
    """A folder with the certificates of a time stamping authority, and of a stranger."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the command line of openssl, which plays the authority")
    (folder / "openssl.cnf").write_text(AUTHORITY)
    (folder / "serial").write_text("01\n")
    new = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -config openssl.cnf"
    for line in (
        f"req -x509 {new} -keyout root.key -out root.pem -days 99 -extensions root",
        f"req -x509 {new} -keyout other.key -out other.pem -days 99 -extensions root",
        f"req {new} -keyout tsa.key -out tsa.csr -subj /O=A-name-longer-than-the-root-of-a-test/CN=Authority",
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -out tsa.pem -days 99 "
        "-extfile openssl.cnf -extensions tsa",
    ):
        openssl(folder, *line.split())
    return folder


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def answered(authority: Path, question: bytes) -> bytes:
    """What the authority answers."""
    (authority / "question.tsq").write_bytes(question)
    reply = "ts -reply -config openssl.cnf -section tsa_config -queryfile question.tsq -out answer.tsr"
    openssl(authority, *reply.split())
    return (authority / "answer.tsr").read_bytes()
