"""Bech32 (BIP 173), as age writes its keys."""

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def _checksum(prefix: str, values: list[int]) -> list[int]:
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    state = 1
    for value in [*spread, *values, 0, 0, 0, 0, 0, 0]:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_GENERATOR):
            state ^= generator if top >> bit & 1 else 0
    state ^= 1
    return [state >> 5 * (5 - i) & 31 for i in range(6)]


def encode(prefix: str, content: bytes) -> str:
    """Return the bytes in Bech32 with a lower-case human-readable prefix."""
    bits, count = 0, 0
    values: list[int] = []
    for byte in content:
        bits, count = bits << 8 | byte, count + 8
        while count >= 5:  # noqa: PLR2004
            count -= 5
            values.append(bits >> count & 31)
    if count:
        values.append(bits << 5 - count & 31)
    return prefix + "1" + "".join(_ALPHABET[v] for v in values + _checksum(prefix, values))
