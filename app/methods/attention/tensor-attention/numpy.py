from itertools import combinations_with_replacement
from math import factorial, lgamma


def triple_attention(q, k1, k2, v1, v2, scale):
    """Y_i = sum_jl exp(s_ijl) V1_j * V2_l / sum_jl exp(s_ijl), s_ijl = scale sum_c Q_ic K1_jc K2_lc; a query at a time."""
    y = np.empty((len(q), v1.shape[1]))
    for i, query in enumerate(q):
        s = scale * (k1 * query) @ k2.T
        w = np.exp(s - s.max())
        y[i] = np.sum(v1 * (w @ v2), axis=0) / w.sum()
    return y


def exponents(d, degree):
    """All exponent vectors a in N^d with |a| <= degree: C(d + g, g) rows."""
    rows = [
        np.bincount(chosen, minlength=d)
        for t in range(degree + 1)
        for chosen in (np.array(c, int) for c in combinations_with_replacement(range(d), t))
    ]
    return np.array(rows)


def monomials(x, powers):
    """x^a for every row of x and every exponent vector."""
    return np.prod(x[:, None, :] ** powers, axis=2)


def coefficients(powers):
    """co_a = d^-|a| / prod_c a_c!."""
    d = powers.shape[1]
    return np.array([1 / (d ** int(a.sum()) * np.prod([factorial(e) for e in a.tolist()])) for a in powers])


def polynomial_attention(q, k1, k2, v1, v2, degree):
    """[U1 ((U2^T V1) * (U3^T V2))] / [U1 ((U2^T 1) * (U3^T 1))]: time n r d."""
    powers = exponents(q.shape[1], degree)
    u1, u2, u3 = coefficients(powers) * monomials(q, powers), monomials(k1, powers), monomials(k2, powers)
    above = u1 @ ((u2.T @ v1) * (u3.T @ v2))
    return above / (u1 @ (u2.sum(axis=0) * u3.sum(axis=0)))[:, None]


def weight_error(s, g):
    """e = |e^S P_g(-S) - 1| = (S^{g+1} / g!) sum_m S^m / (m! (g + 1 + m)), without the cancellation."""
    if s == 0:
        return 0.0
    m = np.arange(int(200 + 4 * s))
    log_terms = (
        (g + 1 + m) * np.log(s) - lgamma(g + 1) - np.array([lgamma(i + 1) for i in m]) - np.log(g + 1 + m)
    )
    return float(np.sum(np.exp(log_terms)))


def degree_needed(s, tolerance):
    g = 0
    while weight_error(s, g) > tolerance:
        g += 1
    return g


def bounded(p):
    """Signs from clusters, magnitudes in 0.5..1; values uniform in (0, 1), one a cluster. At B = 1."""
    seed, n, d, clusters = p["seed"], p["n"], p["d"], p["clusters"]
    h = np.where(uniforms(seed, 0, 3, clusters, d) < 0.5, -1.0, 1.0)
    label = integers(seed, 1, 3 * n, clusters).reshape(3, n)
    magnitude = 0.5 + 0.5 * uniforms(seed, 2, 3, n, d)
    g = uniforms(seed, 3, 2, clusters, d)
    entries = [h[part, label[part]] * magnitude[part] for part in range(3)]
    return entries, f32(g[0, label[1]]), f32(g[1, label[2]])


def phases(p):
    """cos and sin of 2 pi w_f x / modulus for every token, reduced in integers first: sequences x tokens x F."""
    x = integers(p["seed"], 4, p["sequences"] * p["tokens"], p["modulus"]).reshape(
        p["sequences"], p["tokens"]
    )
    w = 1 + integers(p["seed"], 5, p["freqs"], p["modulus"] - 1)
    theta = 2 * np.pi * (x[:, :, None] * w % p["modulus"]) / p["modulus"]
    return x, f32(np.cos(theta)), f32(np.sin(theta))


def match3(p):
    """Readouts of both heads, and which tokens have a matching pair: x_i + x_j + x_l = 0 modulo p."""
    x, cosines, sines = phases(p)
    scale = p["sharp"] / p["freqs"]
    triple, pairwise, matching = [], [], []
    for tokens, c, n in zip(x, cosines, sines):
        q, k1, k2 = np.hstack([c, -c, -n, -n]), np.hstack([c, n, c, n]), np.hstack([c, n, n, c])
        triple.append(np.sum(q * triple_attention(q, k1, k2, k1, k2, scale), axis=1) / p["freqs"])
        q, k = np.hstack([c, -n]), np.hstack([c, n])
        e = np.exp(scale * q @ k.T)
        pairwise.append(np.sum(q * (e @ k / e.sum(axis=1, keepdims=True)), axis=1) / p["freqs"])
        sums = (tokens[:, None, None] + tokens[:, None] + tokens) % p["modulus"]
        matching.append((sums == 0).any(axis=(1, 2)))
    return np.concatenate(triple), np.concatenate(pairwise), np.concatenate(matching)


def best_accuracy(readout, matching):
    """The best single threshold, matching above it or matching below it."""
    right = matching[np.argsort(readout)]
    below = np.concatenate([[0], np.cumsum(right)])  # matching ones among the first i
    others = np.arange(len(right) + 1) - below
    above = others + (below[-1] - below)  # right when the first i are called not matching
    return max(above.max(), (len(right) - above).max()) / len(right)


def experiment(p, data=None):
    """Attention to pairs: exactly in n^3, by a polynomial in n r d, and the triples that ordinary attention misses."""
    n, d, degree = p["n"], p["d"], p["degree"]
    unit, v1, v2 = bounded(p)
    powers = exponents(d, degree)
    out = {"rank": len(powers)}
    error = lambda got, want: np.max(np.abs(got - want)) / np.max(np.abs(want))
    for suffix, b in (("", p["bound"]), (".high", p["boundHigh"])):
        q, k1, k2 = (f32(b * x) for x in unit)
        pair = np.max(np.abs(q @ k1.T)) / d
        out[f"score.pair{suffix}"] = pair
        out[f"degree.pair{suffix}"] = degree_needed(pair, p["tolerance"])
        if n > 512:
            continue  # the exact form costs n^3
        exact = triple_attention(q, k1, k2, v1, v2, 1 / d)
        triple = max(np.max(np.abs((k1 * query) @ k2.T)) for query in q) / d
        e = weight_error(triple, degree)
        out[f"score.triple{suffix}"] = triple
        out[f"degree.triple{suffix}"] = degree_needed(triple, p["tolerance"])
        # Both outputs are sums of float32 products on the page: some 1e-6 of the largest entry is theirs.
        got = polynomial_attention(q, k1, k2, v1, v2, degree)
        out[f"error.method{suffix}"] = within(error(got, exact), floor=5e-6)
        constant = np.broadcast_to(v1.mean(axis=0) * v2.mean(axis=0), exact.shape)
        out[f"error.mean{suffix}"] = error(constant, exact)
        out[f"error.bound{suffix}"] = (
            2 * e / (1 - e) * v1.max() * v2.max() / np.max(np.abs(exact)) if e < 1 else -1.0
        )
        if not suffix:
            half = polynomial_attention(q, k1, k2, v1, v2, degree // 2)
            out["error.method.low"] = within(error(half, exact), floor=5e-6)

    q, k1, k2 = (f32(x) for x in unit)
    rows = slice(0, min(n, 128))
    ones = np.ones_like(q[rows])
    e = np.exp(q[rows] @ k1[rows].T / d)
    ordinary = e @ v1[rows] / e.sum(axis=1, keepdims=True)
    reduced = triple_attention(q[rows], k1[rows], ones, v1[rows], ones, 1 / d)
    out["identity.pair"] = rounding(error(reduced, ordinary), 1e-4)
    first = slice(0, min(8, n))
    s = np.einsum("ic,jc,lc->ijl", q[first], k1[first], k2[first]) / d
    features = [monomials(x[first], powers) for x in (q, k1, k2)]
    kernel = np.einsum("ir,jr,lr->ijl", coefficients(powers) * features[0], features[1], features[2])
    out["identity.kernel"] = rounding(
        error(kernel, sum(s**t / factorial(t) for t in range(degree + 1))), 1e-4
    )

    triple, pairwise, matching = match3(p)
    out["match.triple"] = np.mean((triple >= 0.95) == matching)
    out["match.pair"] = best_accuracy(pairwise, matching)
    mixed = matching.any() and not matching.all()
    out["match.gap"] = triple[matching].min() - triple[~matching].max() if mixed else 0.0
    out["match.share"] = matching.mean()
    out["match.bound"] = np.cbrt(4 * p["sharp"])
    return out
