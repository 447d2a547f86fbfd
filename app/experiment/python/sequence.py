# ---- the sequence testbed: HiPPO-LegS, its normal form, one long signal, what states remember of it ----
def legs(n):
    """HiPPO-LegS: A (n x n) and B (n)."""
    root = np.sqrt(2 * np.arange(n) + 1.0)
    return -np.tril(np.outer(root, root), -1) - np.diag(np.arange(1.0, n + 1)), root


def normal_part(n):
    """A + P P^T = V diag(lam) V^*, P_n = sqrt(n + 1/2): lam = -1/2 + i w by rising w, V unitary. Returns lam, V, P."""
    a, _ = legs(n)
    p = np.sqrt(np.arange(n) + 0.5)
    skew = a + np.outer(p, p) + 0.5 * np.eye(n)
    w, v = np.linalg.eigh(-0.5j * (skew - skew.T))
    return -0.5 + 1j * w, v, p


def kept(lam, v):
    """One of each conjugate pair, w > 0, with the columns of V."""
    up = lam.imag > 0
    return lam[up], v[:, up]


def bilinear(a, b, dt):
    """Ab = (I - dt/2 A)^-1 (I + dt/2 A), Bb = dt (I - dt/2 A)^-1 B."""
    eye = np.eye(len(a))
    left = eye - dt / 2 * a
    return np.linalg.solve(left, eye + dt / 2 * a), dt * np.linalg.solve(left, b)


def low_passed(seed, stream, steps, smooth):
    """Gaussian noise through y_k = s y_{k-1} + (1 - s) x_k twice, over its standard deviation."""
    y = normals(seed, stream, steps)
    for _ in range(2):
        state = 0.0
        for k in range(steps):
            state = smooth * state + (1 - smooth) * y[k]
            y[k] = state
    return f32(y / y.std())


def signal_of(p, data, stream):
    """The first samples of a person's own signal over their standard deviation, or the testbed's."""
    if data is None:
        return low_passed(p["seed"], stream, p["signal"], p["smooth"])
    u = np.ravel(data)[: p["signal"]].astype(float)
    return f32(u / u.std())


def dense_states(a, b, u):
    """x_k = A x_{k-1} + b u_k from zero: steps x N."""
    x, out = np.zeros(len(b)), np.empty((len(u), len(b)))
    for k, sample in enumerate(u):
        x = a @ x + b * sample
        out[k] = x
    return out


def diagonal_states(a, b, u):
    """x_k = a x_{k-1} + b u_k, elementwise and complex: steps x N."""
    x, out = np.zeros(len(b), complex), np.empty((len(u), len(b)), complex)
    for k, sample in enumerate(u):
        x = a * x + b * sample
        out[k] = x
    return out


def convolve(u, kernel):
    """The first len(u) outputs of K * u, by FFT with zero padding."""
    n = 2 * max(len(u), len(kernel))
    return np.fft.irfft(np.fft.rfft(u, n) * np.fft.rfft(kernel, n), n)[: len(u)]


def ridge_readout(x, target, ridge):
    """w of (G + ridge I) w = b with G = X^T X / rows, b = X^T target / rows."""
    return np.linalg.solve(x.T @ x / len(x) + ridge * np.eye(x.shape[1]), x.T @ target / len(x))


def over_rms(x):
    """Columns divided by their root mean square; one of zeros stays so."""
    rms = np.sqrt(np.mean(x**2, axis=0))
    return x / np.where(rms > 0, rms, 1)


def recall(states, u, p):
    """Mean over delays of the squared error, over the squared target, of readouts of u_{k-delay} on the second half.

    The page's G is a float32 product: its rounding, 2^-24 an entry, stands beside the ridge.
    """
    x = over_rms(np.hstack([states.real, states.imag]) if np.iscomplexobj(states) else states)
    delays = range(0, p["maxDelay"] + 1, p["delayStep"])
    first = delays[-1]
    middle = first + (len(u) - first) // 2
    errors = []
    for delay in delays:
        w = ridge_readout(x[first:middle], u[first - delay : middle - delay], p["ridge"])
        target = u[middle - delay : len(u) - delay]
        errors.append(np.sum((x[middle:] @ w - target) ** 2) / np.sum(target**2))
    return within(np.mean(errors), 1e-3 + np.sqrt(x.shape[1]) * 2.0**-24 / p["ridge"])
