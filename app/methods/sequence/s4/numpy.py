#! use sequence
from math import comb, log10


def cauchy_kernel(a, b, c, dt, length):
    """K_j = C Ab^j Bb, j < length, from Cauchy sums at the roots of unity and the Woodbury identity (Gu et al. 2022, 3)."""
    size = 1 << (length - 1).bit_length()
    lam, v, p = normal_part(len(b))
    ab, _ = bilinear(a, b, dt)
    ct = (c - c @ np.linalg.matrix_power(ab, size)) @ v  # of the truncated generating function
    b, p = v.conj().T @ b, v.conj().T @ p
    turn = 1j * np.tan(np.pi * np.arange(size) / size)  # (1 - z) / (1 + z)
    turn[size // 2] = 0  # z = -1 has no such number: its limit is set below
    over = 1 / ((2 / dt) * turn[:, None] - lam)
    k00, k01, k10, k11 = (over @ r for r in (ct * b, ct * p, p.conj() * b, p.conj() * p))
    spectrum = (1 + turn) * (k00 - k01 * k10 / (1 + k11))
    spectrum[size // 2] = dt / 2 * np.sum(ct * b)
    return np.fft.ifft(spectrum).real[:length]


def powers_kernel(ab, bb, c, length):
    x, out = bb, np.empty(length)
    for j in range(length):
        out[j] = c @ x
        x = ab @ x
    return out


def eigenvectors(n):
    """W of A itself: (-1)^{i-j} binom(i + j, i - j) sqrt(2i + 1), up to about 2^{4n/3}."""
    entry = lambda i, j: (-1.0) ** (i - j) * comb(i + j, i - j) * np.sqrt(2 * i + 1) if i >= j else 0.0
    return np.array([[entry(i, j) for j in range(n)] for i in range(n)])


def direct_kernel(b, c, dt, length):
    """The kernel by diagonalizing A: what S4 must not do."""
    w, n = eigenvectors(len(b)), len(b)
    inner = np.zeros(n)
    for i in range(n):  # W^-1 B, forward
        inner[i] = (b[i] - w[i, :i] @ inner[:i]) / w[i, i]
    half = dt / 2 * np.arange(1, n + 1)
    weights = (c @ w) * inner * dt / (1 + half)
    return ((1 - half) / (1 + half)) ** np.arange(length)[:, None] @ weights


def rebuilt(n, dt, u):
    """u(T - s) ~ sum_n x_n(T) sqrt(2n+1) P_n(2 e^{-s} - 1) at s = 0, dt, 2 dt, ... from the last state alone."""
    a, root = legs(n)
    last = dense_states(*bilinear(a, root, dt), u)[-1]
    return np.polynomial.legendre.legval(2 * np.exp(-dt * np.arange(len(u))) - 1, last * root)


def experiment(p, data=None):
    """S4's kernel by the fast route, and what the states of HiPPO-LegS remember."""
    n, length, dt, seed = p["state"], p["length"], p["dt"], p["seed"]
    u = signal_of(p, data, 1)
    a, b = legs(n)
    ab, bb = bilinear(a, b, dt)
    c = f32(normals(seed, 0, n))
    kernel, reference = cauchy_kernel(a, b, c, dt, length), powers_kernel(ab, bb, c, length)
    size = max(log10(comb(i + j, i - j)) + log10(2 * i + 1) / 2 for i in range(n) for j in range(i + 1))
    out = {
        "norm.kernel": np.linalg.norm(reference),
        "error.kernel": rounding(distance(kernel, reference), 1e-3),
        "log10.eigenvectors": size,
        "flops.powers": 2 * n * n * length,
        "flops.method": 16 * n * length + 5 * length * np.log2(length),
    }
    # Entries of size 10^size meet their inverses: rounding of 1e-15 grows by the square of that, and is cut at 1e6.
    limit = max(1e-4, min(1e6, 10.0 ** (2 * size - 14)))
    with np.errstate(all="ignore"):
        direct = distance(direct_kernel(b, c, dt, length), reference) if n <= 128 else np.inf
    out["error.direct"] = rounding(direct if direct < 1e6 else 1e6, limit)

    steps = min(length, len(u))
    recurrent = dense_states(ab, bb, u[:steps]) @ c
    out["error.conv"] = rounding(distance(convolve(u[:steps], kernel[:steps]), recurrent), 1e-3)
    lam, v, low = normal_part(n)
    out["identity.nplr"] = rounding(distance((v * lam) @ v.conj().T - np.outer(low, low), a), 1e-5)

    quarter = max(1, n // 4)
    weight = np.exp(-dt * np.arange(len(u)))
    for suffix, states in (("", n), (".quarter", quarter)):
        away = rebuilt(states, dt, u) - u[::-1]
        out[f"error.history{suffix}"] = np.sum(weight * away**2) / np.sum(weight * u[::-1] ** 2)

    out["recall.legs"] = recall(dense_states(ab, bb, u), u, p)
    out["recall.legs.quarter"] = recall(dense_states(*bilinear(*legs(quarter), dt), u), u, p)
    g = f32(normals(seed, 2, n, n) / np.sqrt(n))
    most, eye = np.linalg.eigvals(g).real.max(), np.eye(n)
    dense = [s * g - (s * most + 0.5) * eye for s in (1, 3, 10, 30)]
    normal = [s * (g - g.T) / np.sqrt(2) - 0.5 * eye for s in (1, 3, 10, 30)]
    best = lambda matrices: min(recall(dense_states(*bilinear(m, b, dt), u), u, p) for m in matrices)
    out["recall.random"], out["recall.skew"] = best(dense), best(normal)
    return out
