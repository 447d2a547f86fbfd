#! use sequence
def step_by_step(a, b):
    """h_t = a_t h_{t-1} + b_t from zero, along axis 0."""
    h, out = np.zeros(b.shape[1:], b.dtype), np.empty_like(b)
    for t in range(len(b)):
        h = a[t] * h + b[t]
        out[t] = h
    return out


def hillis_steele(a, b):
    """log2 L passes: (a1, b1) then (a2, b2) is (a1 a2, a2 b1 + b2)."""
    a, b, s = a.copy(), b.copy(), 1
    while s < len(b):
        b[s:] = b[s:] + a[s:] * b[:-s]
        a[s:] = a[s:] * a[:-s]
        s *= 2
    return b


def blelloch(a, b):
    """Up-sweep and down-sweep (Blelloch 1990): 2 log2 L passes and 2 L work."""
    p, q, length = a.copy(), b.copy(), len(b)
    s = 1
    while s < length:
        left, right = slice(s - 1, None, 2 * s), slice(2 * s - 1, None, 2 * s)
        q[right] = p[right] * q[left] + q[right]
        p[right] = p[left] * p[right]
        s *= 2
    p[-1], q[-1] = 1, 0
    while s > 1:
        s //= 2
        left, right = slice(s - 1, None, 2 * s), slice(2 * s - 1, None, 2 * s)
        old_p, old_q = p[left].copy(), q[left].copy()
        p[left], q[left] = p[right], q[right]  # the left child takes the parent's prefix
        q[right] = old_p * q[right] + old_q  # the right one: that prefix, then the left sum
        p[right] = p[right] * old_p
    return a * q + b


def chunked(a, b, size):
    """Scans inside chunks, then h = local scan + running product of a times the last h of the chunk before."""
    shape = (len(b) // size, size) + b.shape[1:]
    a, b = a.reshape(shape), b.reshape(shape)
    local = np.swapaxes(hillis_steele(np.swapaxes(a, 0, 1), np.swapaxes(b, 0, 1)), 0, 1)
    running = np.cumprod(a, axis=1)
    carry, out = np.zeros(shape[2:], b.dtype), np.empty_like(b)
    for chunk in range(shape[0]):
        out[chunk] = local[chunk] + running[chunk] * carry
        carry = out[chunk, -1]
    return out.reshape((-1,) + shape[2:])


def ssd_blocks(xd, log_decay, b, c, size):
    """Y of one head by blocks of matrix products (Dao and Gu 2024); only differences of sums are exponentiated."""
    state, y = np.zeros((b.shape[1], xd.shape[1])), np.empty_like(xd)
    for first in range(0, len(xd), size):
        rows = slice(first, first + size)
        sums = np.cumsum(log_decay[rows])
        scores = np.tril(np.exp(np.tril(sums[:, None] - sums))) * (c[rows] @ b[rows].T)
        y[rows] = scores @ xd[rows] + np.exp(sums)[:, None] * (c[rows] @ state)
        state = np.exp(sums[-1]) * state + (np.exp(sums[-1] - sums)[:, None] * b[rows]).T @ xd[rows]
    return y


class Errors:
    """Relative Frobenius distances of several routes from one reference, piece by piece."""

    def __init__(self):
        self.size, self.away = 0.0, {}

    def add(self, want, **routes):
        self.size += np.sum(want**2)
        for name, got in routes.items():
            self.away[name] = self.away.get(name, 0.0) + np.sum((got - want) ** 2)

    def of(self, name):
        return np.sqrt(self.away[name] / self.size)


def selection(p):
    """Remember the value at the last mark: a gate set by hand against linear time-invariant filters."""
    steps, half, rate = p["signal"], p["signal"] // 2, p["markRate"]
    v = f32(normals(p["seed"], 7, steps))
    m = (uniforms(p["seed"], 8, steps) < rate).astype(float)
    m[0] = 1
    target = v[np.maximum.accumulate(np.where(m > 0, np.arange(steps), 0))]
    error = lambda got: np.sum((got - target[half:]) ** 2) / np.sum(target[half:] ** 2)

    z = p["sharp"] * (2 * m - 1)
    a = np.exp(-np.logaddexp(0, z))  # softplus(z) is the step, A = -1, zero-order hold: b = (a - 1) / A
    selective = step_by_step(a, (1 - a) * v)
    gate = 1 / (1 + np.exp(-z))
    gated = step_by_step(1 - gate, gate * v)

    lam = -0.5 + 1j * np.pi * np.arange(p["bank"] // 2)
    ab = np.exp(lam / 128)

    def bank(*inputs):
        states = np.hstack([diagonal_states(ab, (ab - 1) / lam, u) for u in inputs])
        x = over_rms(np.hstack([states.real, states.imag]))
        return x[half:] @ ridge_readout(x[:half], target[:half], p["ridge"])

    best = step_by_step(np.full(steps, 1 - rate), v * m)
    return {
        "identity.gate": rounding(distance(selective, gated), 1e-4),
        "recall.selective": error(selective[half:]),
        "recall.lti": error(bank(v, m)),
        "recall.lti.product": error(bank(v * m, m)),
        "recall.lti.best": error(best[half:]),
        "bound.lti": (1 - rate) / (2 - rate),
    }


def experiment(p, data=None):
    """One linear recurrence by every route, the matrix that it is, and what an input-dependent decay buys."""
    seed, length, d, n, r, heads = p["seed"], p["length"], p["d"], p["state"], p["rank"], p["heads"]
    size = min(p["chunk"], length)
    x = f32(normals(seed, 0, length, d))
    low, high = np.log(p["dtMin"]), np.log(p["dtMax"])
    dt = f32(np.exp(low + uniforms(seed, 1, d) * (high - low)))
    w1, w2 = f32(normals(seed, 2, d, r) / np.sqrt(d)), f32(normals(seed, 3, r, d) / np.sqrt(r))
    b = x @ f32(normals(seed, 4, d, n) / np.sqrt(d))
    c = x @ f32(normals(seed, 5, d, n) / np.sqrt(d))
    c0 = f32(normals(seed, 6, d, n))
    poles = -np.arange(1.0, n + 1)
    step = np.logaddexp(0, dt + np.log(-np.expm1(-dt)) + x @ w1 @ w2)  # Dt = softplus(bias + X W1 W2), L x d

    scans, outputs, selective = Errors(), Errors(), Errors()
    y_lti, y_selective = np.empty((length, d)), np.empty((length, d))
    for channel in range(d):
        one = np.exp(dt[channel] * poles)
        factor = np.expm1(dt[channel] * poles) / poles  # zero-order hold with B = 1
        a, drive = np.broadcast_to(one, (length, n)), x[:, channel, None] * factor
        h = step_by_step(a, drive)
        scans.add(
            h, hillis=hillis_steele(a, drive), blelloch=blelloch(a, drive), chunked=chunked(a, drive, size)
        )
        y_lti[:, channel] = h @ c0[channel]
        kernel = np.exp(np.outer(np.arange(length), dt[channel] * poles)) @ (c0[channel] * factor)
        outputs.add(y_lti[:, channel], fft=convolve(x[:, channel], kernel))

        a = np.exp(np.outer(step[:, channel], poles))
        drive = step[:, channel, None] * b * x[:, channel, None]
        read = lambda h: np.sum(c * h, axis=1)
        y_selective[:, channel] = read(step_by_step(a, drive))
        selective.add(
            y_selective[:, channel], scan=read(blelloch(a, drive)), chunked=read(chunked(a, drive, size))
        )

    dual, y_ssd, width = Errors(), np.empty((length, d)), d // heads
    for g in range(heads):
        own = slice(g * width, (g + 1) * width)
        delta = step[:, g * width]
        log_decay, xd = -(g + 1) * delta, delta[:, None] * x[:, own]
        state = np.zeros((n, width))
        for t in range(length):  # H_t = e^{l_t} H_{t-1} + B_t xd_t^T, y_t = H_t^T C_t
            state = np.exp(log_decay[t]) * state + np.outer(b[t], xd[t])
            y_ssd[t, own] = c[t] @ state
        routes = {"blocks": ssd_blocks(xd, log_decay, b, c, size)}
        if length <= 4096:
            routes["dense"] = ssd_blocks(xd, log_decay, b, c, length)
        dual.add(y_ssd[:, own], **routes)

    middle, k = length // 2, min(4 * n, length // 2)
    rows, cols = slice(middle, middle + k), slice(middle - k, middle)
    sums = np.cumsum(-step[:, 0])
    sigma = np.linalg.svd(np.exp(sums[rows, None] - sums[cols]) * (c[rows] @ b[cols].T), compute_uv=False)
    share = lambda i: sigma[i] / sigma[0] if i < len(sigma) else 0.0

    rms = lambda y: np.sqrt(np.mean(y**2))
    out = {f"error.{name}": rounding(scans.of(name), 1e-4) for name in ("hillis", "blelloch", "chunked")}
    out["error.fft"] = rounding(outputs.of("fft"), 1e-4)
    out["error.selective"] = rounding(selective.of("scan"), 1e-4)
    out["error.selective.chunked"] = rounding(selective.of("chunked"), 1e-4)
    out["error.ssd"] = rounding(dual.of("blocks"), 1e-4)
    if length <= 4096:
        out["error.ssd.dense"] = rounding(dual.of("dense"), 1e-3)
    out |= {
        "rms.lti": rms(y_lti),
        "rms.selective": rms(y_selective),
        "rms.ssd": rms(y_ssd),
        "dt.mean": step.mean(),
        "dt.spread": step.std() / step.mean(),
        "rank.last": within(share(n - 1), floor=1e-6),  # the page's block is float32
        "rank.next": rounding(share(n), 1e-5),
        "steps.sequential": length,
        "steps.scan": 2 * np.log2(length),
        "steps.chunked": length / size + np.log2(size),
    }
    return out | selection(p)
