#! use network
def experiment(p, data=None):
    """LoRD: layers split along the principal components of their outputs, at one share and layer-wise."""
    widths = (64,) + (p["width"],) * (p["depth"] - 1) + (32,)
    net = Network(p["seed"], widths, alpha=p["alpha"], correlation=p["correlation"], shift=0)
    rows, more = p["calibration"], p["validation"]
    h, hv = net.x[:rows], net.x[rows : rows + more]
    last = len(widths) - 2
    inputs, validation, centres = [], [], []
    for i, w in enumerate(net.weights):
        inputs.append(h)
        validation.append(hv)
        y = h @ w.T
        mu = y.mean(axis=0)
        _, s, vt = np.linalg.svd(y - mu, full_matrices=True)
        lam = np.zeros(len(w))
        lam[: len(s)] = s**2 / rows
        centres.append((mu, vt.T, lam))
        z = hv @ w.T
        h, hv = (y, z) if i == last else (gelu(y), gelu(z))
    dense_output = hv

    def quantized(a, bits):
        levels = 2 ** (bits - 1) - 1
        scale = np.abs(a).max(axis=1, keepdims=True) / levels
        scale[scale == 0] = 1
        return scale * np.clip(np.round(a / scale), -levels, levels)

    def split(i, r, way, bits=None):
        """x -> B (A x) + c"""
        w = net.weights[i]
        if way == "svd":
            u, s, vt = np.linalg.svd(w, full_matrices=False)
            return vt[:r], u[:, :r] * s[:r], np.zeros(len(w))
        mu, q, _ = centres[i]
        a, b, c = q[:, :r].T @ w, q[:, :r], mu - q[:, :r] @ (q[:, :r].T @ mu)
        return (a, b, c) if bits is None else (quantized(a, bits), quantized(b, bits), c)

    def through(x, layers):
        for j, (i, layer) in enumerate(layers):
            z = x @ net.weights[i].T if layer is None else (x @ layer[0].T) @ layer[1].T + layer[2]
            x = z if i == last else gelu(z)
        return x

    def loss(ranks, way, bits=None):
        layers = [(i, None if r is None else split(i, r, way, bits)) for i, r in enumerate(ranks)]
        return np.mean((through(net.x_eval, layers) - net.y_eval) ** 2) / net.scale

    shapes = [w.shape for w in net.weights]
    kept = lambda share, shape: max(1, int(share * min(shape) + 1e-9))
    parity = lambda r, shape: None if r * sum(shape) >= shape[0] * shape[1] else r
    count = lambda ranks: sum(m * n if r is None else r * (m + n) for r, (m, n) in zip(ranks, shapes))
    at = [kept(p["keep"], s) for s in shapes]
    out = {"params.full": sum(m * n for m, n in shapes), "params.lord": count(at)}
    out["ratio"] = out["params.lord"] / out["params.full"]
    out["loss.svd"], out["loss.lord"] = loss(at, "svd"), loss(at, "lord")
    errors = {"svd": [], "lord": [], "tail": []}
    for i, r in enumerate(at):
        mu, _, lam = centres[i]
        y = inputs[i] @ net.weights[i].T
        errors["tail"].append(lam[r:].sum() / lam.sum())
        for way in ("svd", "lord"):
            a, b, c = split(i, r, way)
            errors[way].append(np.sum(((inputs[i] @ a.T) @ b.T + c - y) ** 2) / np.sum((y - mu) ** 2))
    for key, values in errors.items():
        out[f"error.{key}"] = np.mean(values)

    layerwise = []
    for i, shape in enumerate(shapes):
        found = min(shape)
        for share in np.arange(1, 21) / 20:
            r = kept(share, shape)
            layers = [(i, split(i, r, "lord"))] + [(j, None) for j in range(i + 1, len(shapes))]
            change = np.sum((through(validation[i], layers) - dense_output) ** 2) / np.sum(dense_output**2)
            if change <= p["tolerance"]:
                found = r
                break
        layerwise.append(parity(found, shape))
    budget = count(layerwise)
    uniform = next(
        (r for r in ([parity(kept(i / 200, s), s) for s in shapes] for i in range(1, 201)) if count(r) >= budget),
        [None] * len(shapes),
    )
    out["loss.layerwise"], out["loss.uniform"] = loss(layerwise, "lord"), loss(uniform, "lord")
    out["loss.layerwise.svd"] = loss(layerwise, "svd")
    out["params.layerwise"], out["params.uniform"] = budget, count(uniform)
    out["reduction"] = 1 - budget / out["params.full"]
    out["loss.quant"] = loss(at, "lord", p["bits"])
    for i, r in enumerate(layerwise):
        out[f"rank.{i + 1}"] = min(shapes[i]) if r is None else r
    return out
