# ---- random numbers, and how a figure is compared (all arithmetic is float64) ----
import sys

import numpy as np


def threefry(seed, stream, index):
    """Threefry-2x32 with 20 rounds (Salmon et al. 2011): two 32-bit words for each index."""
    rotations = ((13, 15, 26, 6), (17, 29, 16, 24))
    keys = [np.uint32(seed), np.uint32(stream)]
    keys.append(keys[0] ^ keys[1] ^ np.uint32(0x1BD11BDA))
    x0 = np.asarray(index, dtype=np.uint32) + keys[0]
    x1 = np.zeros_like(x0) + keys[1]
    for block in range(5):
        for r in rotations[block % 2]:
            x0 = x0 + x1
            x1 = (x1 << np.uint32(r)) | (x1 >> np.uint32(32 - r))
            x1 = x1 ^ x0
        x0 = x0 + keys[(block + 1) % 3]
        x1 = x1 + keys[(block + 2) % 3] + np.uint32(block + 1)
    return x0, x1


def _uniform(words):
    return ((words >> np.uint32(8)).astype(np.float64) + 0.5) * 2.0**-24


def uniforms(seed, stream, *shape):
    """Uniforms in (0, 1), row-major."""
    return _uniform(threefry(seed, stream, np.arange(int(np.prod(shape))))[0]).reshape(shape)


def normals(seed, stream, *shape):
    """Standard normals by Box-Muller, one for each index, row-major."""
    w0, w1 = threefry(seed, stream, np.arange(int(np.prod(shape))))
    return (np.sqrt(-2 * np.log(_uniform(w0))) * np.cos(2 * np.pi * _uniform(w1))).reshape(shape)


def integers(seed, stream, count, n):
    return np.floor(uniforms(seed, stream, count) * n).astype(np.int64)


def permutation(seed, stream, n):
    return np.argsort(uniforms(seed, stream, n), kind="stable")


def f32(a):
    """Rounded to float32, as the page's data is; kept in float64 for the arithmetic."""
    return np.asarray(a).astype(np.float32).astype(np.float64)


class Figure(float):
    """A figure that says how it is to be compared. Plain numbers must agree to a relative 1e-3, errors also to 1e-6:
    that much is float32 on the page, whatever their size."""

    tolerance, floor, bound = 1e-3, 0.0, None


def within(value, tolerance=1e-3, floor=0.0):
    """A figure with a relative tolerance of its own, or with what float32 adds to the page's whatever its size."""
    figure = Figure(value)
    figure.tolerance, figure.floor = tolerance, floor
    return figure


def rounding(value, bound):
    """A figure made of rounding alone: it follows the precision and the order of sums, so that only its bound counts."""
    figure = Figure(value)
    figure.bound = bound
    return figure


def distance(got, want):
    """||got - want|| / ||want||, the difference formed; 0 where both are zero."""
    with np.errstate(all="ignore"):  # what overflows is infinitely far
        away = np.linalg.norm(np.ravel(got - want))
    return float(away / np.linalg.norm(np.ravel(want))) if away > 0 else 0.0
