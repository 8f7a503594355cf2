"""Time stamps (RFC 3161) over checkpoints: an authority says that a head was there at a time. Optional.

A request is a file that a time stamping authority answers; nothing here talks to a network. Reading an answer
needs the extra `timestamps`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from cryptography import x509

from govflow.errors import Detail, GovFlowError
from govflow.persistence.checkpoints import CheckpointStore, KeptStamp

_CERTIFICATES = 0xA0  # the tag of the certificates in signed data (RFC 5652 §5.1)
_LONG_FORM = 0x80  # a length from here on says how many bytes the length has


class StampError(GovFlowError):
    """A time stamp that says nothing about this log's checkpoints, or that no trusted authority has made."""


class Stamp(NamedTuple):
    """What a token says that was found to be true: the time, and whose certificate made it."""

    at: datetime
    authority: str


def request(text: str) -> bytes:
    """The request (DER) to stamp the text of a checkpoint: its SHA-256, and that the certificates are to come along.

    It carries no nonce: the text is never asked for twice, and so the answer needs no memory of the question.
    """
    client = _client()
    builder = client.TimestampRequestBuilder(nonce=False, cert_req=True)
    made = builder.data(text.encode()).hash_algorithm(client.HashAlgorithm.SHA256).build()
    return bytes(made.as_bytes())


def stamp_of(token: bytes, text: str, roots: Sequence[x509.Certificate]) -> Stamp:
    """What an answer (DER) says about the text of a checkpoint, checked against these root certificates.

    Raises StampError where it was refused, is of another text, or leads to none of the roots.
    """
    client = _client()
    if not roots:
        raise StampError("a time stamp is checked against a root certificate: name one")
    answer = _answer(token)
    try:
        client.VerifierBuilder(roots=list(roots)).build().verify_message(answer, text.encode())
        certificates = [x509.load_der_x509_certificate(each) for each in answer.signed_data.certificates]
        (signer,) = answer.signed_data.signer_infos
    except (client.VerificationError, ValueError) as error:
        raise StampError(Detail(f"the time stamp does not hold: {error}", "时间戳不成立")) from None
    except BaseException as error:
        raise _refused(error) from None
    by = next(each for each in certificates if each.serial_number == signer.serial_number)
    return Stamp(answer.tst_info.gen_time, by.subject.rfc4514_string())


def add_stamp(kept: CheckpointStore, token: bytes, roots: Sequence[x509.Certificate]) -> KeptStamp:
    """Keep an answer beside the checkpoint it is of, once it is found to be true.

    Raises StampError, also where no checkpoint that is kept has the text that was stamped.
    """
    imprint = _imprint(_answer(token))
    text, size = next(
        (
            (text, each.size)
            for each in kept.notes()
            if hashlib.sha256((text := _text_of(each.note)).encode()).digest() == imprint
        ),
        ("", 0),
    )
    if not text:
        raise StampError("the time stamp is of no checkpoint that is kept here")
    stamp = KeptStamp(size, token, stamp_of(token, text, roots).at)
    if all((each.size, each.token) != (size, token) for each in kept.stamps()):
        kept.add_stamp(stamp)
    return stamp


def certificates_of(files: Iterable[bytes]) -> tuple[x509.Certificate, ...]:
    """The certificates in PEM or DER files. Raises StampError."""
    found: list[x509.Certificate] = []
    for each in files:
        try:
            pem = b"-----BEGIN" in each
            read = x509.load_pem_x509_certificates(each) if pem else [x509.load_der_x509_certificate(each)]
            found += [certificate for certificate in read if _is_whole(certificate)]
        except ValueError:
            what = "a file of root certificates holds none (PEM or DER is read)"
            raise StampError(Detail(what, "根证书文件中没有证书（可读 PEM 或 DER）")) from None
        except BaseException as error:
            raise _refused(error) from None
    return tuple(found)


def _is_whole(certificate: x509.Certificate) -> bool:
    """True where every part of a certificate can be read: parts are read late. Raises what reading raises."""
    return all(part is not None for part in (certificate.subject, certificate.extensions, certificate.public_key()))


def _refused(error: BaseException) -> BaseException:
    """What to raise for whatever a damaged file made the library raise; its panics are no `Exception`."""
    if isinstance(error, Exception) or type(error).__name__ == "PanicException":
        return StampError(Detail("a certificate or time stamp is damaged", "证书或时间戳已损坏"))
    return error


def _text_of(note: bytes) -> str:
    text, _, _ = note.decode(errors="replace").rpartition("\n\n")
    return text + "\n"


def _answer(token: bytes) -> Any:
    try:
        return _client().decode_timestamp_response(_in_order(token))
    except ValueError:
        raise StampError("this is no answer of a time stamping authority (RFC 3161, DER)") from None


def _in_order(token: bytes) -> bytes:
    """The answer with its certificates in the order of their bytes, as DER has a set.

    Authorities that run OpenSSL give the signer's first, which strict readers refuse. No signature covers their order.
    """
    try:
        _, begin, end = _element(token, 0)
        _, _, begin = _element(token, begin)  # behind the status
        _, begin, end = _element(token, begin)  # the token
        _, _, begin = _element(token, begin)  # behind its type
        _, begin, end = _element(token, begin)
        _, begin, end = _element(token, begin)  # the signed data
        while begin < end:
            tag, content, after = _element(token, begin)
            if tag == _CERTIFICATES:
                return token[:content] + b"".join(sorted(_elements(token, content, after))) + token[after:]
            begin = after
    except (IndexError, ValueError):  # no token in it, or no DER: whoever reads it says so
        pass
    return token


def _elements(data: bytes, begin: int, end: int) -> Iterator[bytes]:
    while begin < end:
        _, _, after = _element(data, begin)
        yield data[begin:after]
        begin = after


def _element(data: bytes, begin: int) -> tuple[int, int, int]:
    """An element of DER: its tag, where its content begins, and where it ends."""
    length, content = data[begin + 1], begin + 2
    if length >= _LONG_FORM:
        digits = length - _LONG_FORM
        length, content = int.from_bytes(data[content : content + digits], "big"), content + digits
    if content + length > len(data):
        raise ValueError("the element ends behind the data")
    return data[begin], content, content + length


def _imprint(answer: Any) -> bytes:
    try:
        return bytes(answer.tst_info.message_imprint.message)
    except ValueError:  # a refusal carries no token
        raise StampError(f"the authority has refused to stamp it (status {answer.status})") from None


def _client() -> Any:
    try:
        import rfc3161_client
    except ImportError:
        raise StampError(
            "time stamps need rfc3161-client; install it with: pip install 'govflow[timestamps]'"
        ) from None
    return rfc3161_client
