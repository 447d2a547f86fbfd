def experiment(p, data=None):
    """One product in float32 by several orders of summation, against the float64 product of the same operands."""
    m, n, k, count, layout = p["m"], p["n"], p["k"], p["count"], p["layout"]

    def drawn(stream, *shape):
        if p["data"] == "gaussian":
            return f32(normals(p["seed"], stream, *shape))
        u = uniforms(p["seed"], stream, *shape)
        return f32(u if p["data"] == "uniform" else np.floor(17 * u) - 8)

    turned = lambda x: np.swapaxes(x, 1, 2)  # operands are drawn in the shape in which they are stored
    a = turned(drawn(0, count, k, m)) if layout == "tn" else drawn(0, count, m, k)
    b = turned(drawn(1, count, n, k)) if layout == "nt" else drawn(1, count, k, n)
    rows = np.arange(m)
    if m * n * k * count > 2**28:  # the reference covers 64 rows
        rows = np.arange(min(m, 64)) * m // min(m, 64)
    a = a[:, rows]
    c = a @ b
    absolute = np.abs(a) @ np.abs(b)
    norm = np.linalg.norm(c)

    single = lambda x: x.astype(np.float32)

    def in_order(x, y):
        """One float32 accumulator for each entry, t = 0, 1, ...: the naive, tiled and register kernels."""
        total = np.zeros((count, x.shape[1], n), np.float32)
        for t in range(x.shape[2]):
            total += x[:, :, t, None] * y[:, None, t]
        return total

    def by_lanes(x, y, width=32):
        """Lane L sums t = L, L + width, ...; the lanes are added as a tree."""
        lanes = np.stack([in_order(x[:, :, lane::width], y[:, lane::width]) for lane in range(min(width, k))])
        while len(lanes) > 1:
            half = (len(lanes) + 1) // 2
            lanes = np.concatenate(
                [lanes[: len(lanes) - half] + lanes[half:], lanes[len(lanes) - half : half]]
            )
        return lanes[0]

    def by_slices(x, y):
        """Contiguous slices of k, each a product of its own, added in order."""
        size = -(-k // min(p["splits"], k))
        total = np.zeros((count, x.shape[1], n), np.float32)
        for first in range(0, k, size):
            total += in_order(x[:, :, first : first + size], y[:, first : first + size])
        return total

    halved = lambda x: x.astype(np.float16).astype(np.float32)  # to nearest, ties to even
    x, y = single(a), single(b)
    naive = in_order(x, y)
    products = {
        "naive": naive,
        "tiled": naive,
        "register": naive,
        "subgroup": by_lanes(x, y),
        "splitk": by_slices(x, y),
        "f16": in_order(halved(a), halved(b)),
    }
    u, u16 = 2.0**-24, 2.0**-11
    gamma = (
        k * u / (1 - k * u)
    )  # Higham 2002, lemma 3.1: |C^ - C| <= gamma_k |A||B| for any order of the sums
    worst = gamma * np.linalg.norm(absolute) / (norm or 1)
    flops = 2 * m * n * k * count
    out = {
        "norm.C": norm,
        "bound.gamma": gamma,
        "flops": flops,
        "intensity": flops / count / (4 * (m * k + k * n + m * n)),
    }
    for name, product in products.items():
        away = np.abs(product - c)
        error = np.linalg.norm(away) / (norm or 1)
        ratio = np.max(away / np.where(absolute > 0, absolute, 1))
        if name == "f16":  # the rounding of what is stored outweighs that of the sums
            out["error.f16"] = within(error, 1e-2)
            out["bound.ratio.f16"] = within(ratio / (2 * u16 + u16**2 + gamma), 1e-2)
        else:  # on the page's CPU these sums are float64
            out[f"error.{name}"] = rounding(error, worst)
            out[f"bound.ratio.{name}"] = rounding(ratio / gamma, 1.0)
    apart = [np.linalg.norm(products[name].astype(float) - naive) for name in ("subgroup", "splitk")]
    out["agree.max"] = rounding(max(apart) / (norm or 1), 2 * worst)
    return out
