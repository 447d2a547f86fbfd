#! use network
def experiment(p, data=None):
    """EoRA: pruned and quantized weights, compensated in the eigenspace of each layer's inputs."""
    widths = (64, p["width"], p["width"], 32)
    net = Network(p["seed"], widths, alpha=p["alpha"], correlation=p["correlation"], shift=0)

    def compressed(w, h):
        c = w.copy()
        if p["compressor"] != "quant":
            score = np.abs(w) * (np.linalg.norm(h, axis=0) if p["wanda"] else 1.0)
            fours = score.reshape(len(w), -1, 4)
            order = np.argsort(-fours, axis=2, kind="stable")
            keep = np.zeros(fours.shape, bool)
            np.put_along_axis(keep, order[:, :, :2], True, axis=2)
            c = np.where(keep.reshape(w.shape), c, 0.0)
        if p["compressor"] != "prune":
            levels = 2 ** (p["bits"] - 1) - 1
            groups = c.reshape(len(w), -1, p["group"])
            scale = np.abs(groups).max(axis=2, keepdims=True) / levels
            scale[scale == 0] = 1
            c = (scale * np.clip(np.round(groups / scale), -levels, levels)).reshape(w.shape)
        return c

    def compensation(way, d, h, r):
        """B, A and the singular values of what was cut."""
        strong = np.ones(d.shape[1])
        turn = np.eye(d.shape[1])
        if way == "eora":
            lam, turn = np.linalg.eigh(h.T @ h / len(h))
            strong = np.sqrt(np.maximum(lam, 1e-6 * lam.max()))
        if way == "act":
            strong = np.maximum(np.abs(h).mean(axis=0), 1e-8)
        u, s, vt = np.linalg.svd((d @ turn) * strong, full_matrices=False)
        root = np.sqrt(s[:r])
        return u[:, :r] * root, ((root[:, None] * vt[:r]) / strong) @ turn.T, s

    def chain(way, rank):
        h, x, first = net.x[: p["calibration"]], net.x_eval, {}
        for i, w in enumerate(net.weights):
            c = compressed(w, h)
            effective, s = c, None
            if way != "none":
                b, a, s = compensation(way, w - c, h, min(rank, *w.shape))
                effective = c + b @ a
            if i == 0:
                size = np.linalg.norm(h @ w.T)
                first[f"error.{way}"] = np.linalg.norm(h @ (w - effective).T) / size
                first[f"weight.{way}"] = np.linalg.norm(w - effective) / np.linalg.norm(w)
                if way == "eora":
                    first["error.tail"] = np.linalg.norm(s[rank:]) * np.sqrt(len(h)) / size
            h, x = h @ effective.T, x @ effective.T
            if i < len(net.weights) - 1:
                h, x = gelu(h), gelu(x)
        return np.mean((x - net.y_eval) ** 2) / net.scale, first

    out = {}
    for way in ("none", "svd", "act", "eora"):
        out[f"loss.{way}"], first = chain(way, p["rank"])
        out.update(first)
    out["loss.svd.double"] = chain("svd", 2 * p["rank"])[0]
    out["recovered.svd"] = 1 - out["loss.svd"] / out["loss.none"]
    out["recovered.eora"] = 1 - out["loss.eora"] / out["loss.none"]
    return out
