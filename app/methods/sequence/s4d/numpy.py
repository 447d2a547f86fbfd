#! use sequence
def hold(lam, b, dt):
    """Zero-order hold: Ab = exp(dt lam), Bb = (exp(dt lam) - 1) / lam * B."""
    return np.exp(dt * lam), np.expm1(dt * lam) / lam * b


def bilinear_modes(lam, b, dt):
    return (1 + dt / 2 * lam) / (1 - dt / 2 * lam), dt * b / (1 - dt / 2 * lam)


def vandermonde_kernel(ab, cb, length):
    """K_k = 2 Re sum_i C_i Bb_i Ab_i^k: one product with a Vandermonde matrix. cb may have several rows."""
    return 2 * (cb @ ab[:, None] ** np.arange(length)).real


def legs_poles(n):
    """S4D-LegS: the kept poles, their columns of V, and half of the input vector."""
    lam, v, _ = normal_part(n)
    lam, v = kept(lam, v)
    # The phase of an eigenvector is free, and Re and Im of a state turn with it: the page makes the first entry real.
    v = v * np.exp(-1j * np.angle(v[0]))
    return lam, v, v.conj().T @ legs(n)[1] / 2


def inverse_poles(n, scale=1.0):
    """S4D-Inv: -1/2 + i (N / pi) (N / (2k + 1) - 1)."""
    k = np.arange(n // 2)
    return -0.5 + 1j * scale * (n / np.pi) * (n / (2 * k + 1) - 1)


def exact_kernels(outputs, length, dt, parts=8):
    """dt times sqrt(2n+1) e^{-t} P_n(2 e^{-t} - 1), averaged over each step by the trapezoid rule: outputs x length."""
    t = np.arange(parts * length + 1) * dt / parts
    basis = np.polynomial.legendre.legvander(2 * np.exp(-t) - 1, outputs - 1).T
    response = np.sqrt(2 * np.arange(outputs) + 1)[:, None] * np.exp(-t) * basis
    inside = response[:, :-1].reshape(outputs, length, parts).sum(axis=2)
    return dt / parts * (inside + (response[:, parts::parts] - response[:, :-1:parts]) / 2)


def experiment(p, data=None):
    """S4 without its low-rank part: the limit towards S4, one system by two routes, and what each start remembers."""
    n, dt, outputs = p["state"], p["dt"], p["outputs"]
    u = signal_of(p, data, 1)
    length = min(p["length"], len(u))
    head = u[:length]
    out = {}
    exact = exact_kernels(outputs, length, dt)
    through = lambda kernels: np.stack([convolve(head, kernel) for kernel in kernels])
    for suffix, states in (("", n), (".quarter", n // 4)):
        lam, v, b = legs_poles(states)
        ab, bb = hold(lam, b, dt)
        kernels = vandermonde_kernel(ab, v[:outputs] * bb, length)
        out[f"error.output{suffix}"] = distance(through(kernels), through(exact))
        out[f"error.kernel{suffix}"] = distance(kernels, exact)

    lam, _, b = legs_poles(n)
    inverse, half = inverse_poles(n), n // 2
    out["inv.top"] = abs(inverse.imag.max() / lam.imag.max() - 1)
    drawn = f32(normals(p["seed"], 0, n))
    c = drawn[:half] + 1j * drawn[half:]
    ab, bb = hold(inverse, np.ones(half), dt)
    recurrent = 2 * (diagonal_states(ab, bb, head) @ c).real
    convolved = convolve(head, vandermonde_kernel(ab, (c * bb)[None], length)[0])
    out["error.vandermonde"] = rounding(distance(convolved, recurrent), 1e-3)

    ones = np.ones(half)
    linear, real = -0.5 + 1j * np.pi * np.arange(half), -np.arange(1.0, n + 1)
    starts = {
        "recall.legs": hold(lam, b, dt),
        "recall.inv": hold(inverse, ones, dt),
        "recall.lin": hold(linear, ones, dt),
        "recall.legs.bilinear": bilinear_modes(lam, b, dt),
        "recall.inv.scaled": hold(inverse_poles(n, p["imagScale"]), ones, dt),
    }
    out["recall.s4"] = recall(dense_states(*bilinear(*legs(n), dt), u), u, p)
    for name, (ab, bb) in starts.items():
        out[name] = recall(diagonal_states(ab, bb, u), u, p)
    out["recall.real"] = recall(diagonal_states(*hold(real, np.ones(n), dt), u).real, u, p)
    return out
