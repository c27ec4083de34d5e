"""The signed code of a plate card."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.permits.card_code import PREFIX, CardContent, CardSigner, CodeError, decode, encode, read_code

CONTENT = CardContent("BP000123", "苏A12345", date(2026, 9, 1), date(2027, 2, 28))


def test_a_code_is_read_with_the_public_key_alone():
    signer = CardSigner.of_installation()
    assert read_code(signer.sign(CONTENT), signer.public_key) == CONTENT


def test_the_same_installation_signs_alike_and_another_does_not(settings):
    signer = CardSigner.of_installation()
    assert CardSigner.of_installation().public_key == signer.public_key
    settings.SECRET_KEY = "another installation's"
    other = CardSigner.of_installation()
    with pytest.raises(CodeError):
        read_code(other.sign(CONTENT), signer.public_key)


def test_a_changed_validity_is_found_out():
    signer = CardSigner.of_installation()
    signature = signer.sign(CONTENT).partition(".")[2]
    longer = msgspec.structs.replace(CONTENT, valid_until=date(2030, 1, 1))
    with pytest.raises(CodeError):
        read_code(f"{PREFIX}{encode(msgspec.json.encode(longer))}.{signature}", signer.public_key)


@given(st.text())
def test_anything_else_is_refused_as_no_code(text):
    with pytest.raises(CodeError):
        read_code(PREFIX + text, CardSigner.of_installation().public_key)


@given(st.binary())
def test_base64_without_padding_is_read_back(content):
    assert decode(encode(content)) == content
