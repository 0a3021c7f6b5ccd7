"""Key derivation functions of `hashlib` that come from OpenSSL, which this image does not have."""

import hashlib
import hmac
import struct

_MEMORY = 32 * 1024 * 1024
"""What OpenSSL lets `scrypt` use if the caller does not say."""


def install() -> None:
    """Adds them to `hashlib`."""
    for function in (pbkdf2_hmac, scrypt):
        if not hasattr(hashlib, function.__name__):
            function.__module__ = "hashlib"
            setattr(hashlib, function.__name__, function)


def pbkdf2_hmac(hash_name, password, salt, iterations, dklen=None):
    """Password based key derivation function 2 (PKCS #5 v2.0, RFC 8018) with HMAC as pseudorandom function."""
    if iterations < 1:
        raise ValueError("iteration value must be greater than 0.")
    size = hashlib.new(hash_name).digest_size
    length = size if dklen is None else dklen
    if length < 1:
        raise ValueError("key length must be greater than 0.")
    keyed = hmac.new(bytes(password), None, hash_name)
    salt = bytes(salt)
    derived = []
    for block in range(1, -(-length // size) + 1):
        digest = _keyed(keyed, salt + block.to_bytes(4))
        total = int.from_bytes(digest)
        for _ in range(iterations - 1):
            digest = _keyed(keyed, digest)
            total ^= int.from_bytes(digest)
        derived.append(total.to_bytes(size))
    return b"".join(derived)[:length]


def _keyed(keyed, message):
    digest = keyed.copy()
    digest.update(message)
    return digest.digest()


def scrypt(password, *, salt=None, n=None, r=None, p=None, maxmem=0, dklen=64):
    """scrypt password-based key derivation function (RFC 7914)."""
    if salt is None:
        raise TypeError("salt is required")
    if n is None or n < 2 or n & (n - 1):
        raise ValueError("n is required and must be a power of 2")
    if r is None or r < 1 or p is None or p < 1:
        raise ValueError("r and p are required and must be positive")
    if 128 * r * (n + p + 2) > (maxmem or _MEMORY):
        raise ValueError("Invalid parameter combination for n, r, p and maxmem: memory limit exceeded")
    blocks = pbkdf2_hmac("sha256", password, salt, 1, p * 128 * r)
    mixed = b"".join(_mix(blocks[start : start + 128 * r], n, r) for start in range(0, len(blocks), 128 * r))
    return pbkdf2_hmac("sha256", password, mixed, 1, dklen)


def _mix(block, n, r):
    """scryptROMix."""
    state = list(struct.unpack(f"<{32 * r}I", block))
    table = []
    for _ in range(n):
        table.append(state)
        state = _block_mix(state, r)
    for _ in range(n):
        other = table[state[(2 * r - 1) * 16] & (n - 1)]
        state = _block_mix([a ^ b for a, b in zip(state, other)], r)
    return struct.pack(f"<{32 * r}I", *state)


_QUARTERS = (
    (0, 4, 8, 12), (5, 9, 13, 1), (10, 14, 2, 6), (15, 3, 7, 11),
    (0, 1, 2, 3), (5, 6, 7, 4), (10, 11, 8, 9), (15, 12, 13, 14),
)  # fmt: skip


def _block_mix(state, r):
    """scryptBlockMix, with Salsa20/8."""
    x = state[-16:]
    even, odd = [], []
    for index in range(2 * r):
        x = [a ^ b for a, b in zip(x, state[index * 16 : index * 16 + 16])]
        before = x[:]
        for _ in range(4):
            for a, b, c, d in _QUARTERS:
                t = (x[a] + x[d]) & 0xFFFFFFFF
                x[b] ^= (t << 7 | t >> 25) & 0xFFFFFFFF
                t = (x[b] + x[a]) & 0xFFFFFFFF
                x[c] ^= (t << 9 | t >> 23) & 0xFFFFFFFF
                t = (x[c] + x[b]) & 0xFFFFFFFF
                x[d] ^= (t << 13 | t >> 19) & 0xFFFFFFFF
                t = (x[d] + x[c]) & 0xFFFFFFFF
                x[a] ^= (t << 18 | t >> 14) & 0xFFFFFFFF
        x = [(a + b) & 0xFFFFFFFF for a, b in zip(x, before)]
        (odd if index & 1 else even).extend(x)
    return even + odd
