#! use network
def experiment(p, data=None):
    """A click model, its table and layers cut by SVD of the weights or by the components of their features."""
    seed, fields, vocab, d, latent = p["seed"], p["fields"], p["vocab"], p["d"], p["latent"]
    rows = fields * vocab
    factors, linear = normals(seed, 0, rows, latent), normals(seed, 1, rows)
    share = np.cumsum((np.arange(vocab) + 1.0) ** -p["zipf"])
    share /= share[-1]
    sigmoid = lambda z: 1 / (1 + np.exp(-z))

    def clicks(count, values, labels):
        u = uniforms(seed, values, count, fields)
        index = np.minimum(np.searchsorted(share, u, side="right"), vocab - 1) + np.arange(fields) * vocab
        f = factors[index]
        pair = (np.sum(f.sum(axis=1) ** 2, axis=1) - np.sum(f**2, axis=(1, 2))) / 2
        z = -1 + p["signal"] * (
            0.5 * linear[index].sum(axis=1) / np.sqrt(fields) + pair / np.sqrt(latent * fields * (fields - 1) / 2)
        )
        return index, z, (uniforms(seed, labels, count) < sigmoid(z)).astype(float)

    index, _, y = clicks(p["train"], 2, 4)
    index_eval, z_eval, y_eval = clicks(p["evaluate"], 3, 5)
    shapes = [(p["hidden"], fields * d), (p["hidden"] // 2, p["hidden"]), (1, p["hidden"] // 2)]
    table = f32(p["initE"] * normals(seed, 6, rows, d))
    params = [table]
    for i, (m, n) in enumerate(shapes):
        params += [f32(np.sqrt(2 / n) * normals(seed, 7 + i, m, n)), np.zeros(m)]

    def passes(index):
        h = params[0][index].reshape(len(index), -1)
        inputs, sums = [], []
        for i in range(3):
            inputs.append(h)
            z = h @ params[1 + 2 * i].T + params[2 + 2 * i]
            sums.append(z)
            h = np.maximum(z, 0) if i < 2 else z
        return h[:, 0], inputs, sums

    order, adam = permutation(seed, 10, p["train"]), Adam(params, p["lr"])
    for step in range(p["steps"]):
        pick = order[(step * p["batch"] + np.arange(p["batch"])) % p["train"]]
        z, inputs, sums = passes(index[pick])
        delta, grads = ((sigmoid(z) - y[pick]) / len(pick))[:, None], [None] * 7
        for i in (2, 1, 0):
            grads[1 + 2 * i], grads[2 + 2 * i] = delta.T @ inputs[i], delta.sum(axis=0)
            delta = delta @ params[1 + 2 * i]
            if i > 0:
                delta = delta * (sums[i - 1] > 0)
        grads[0] = np.zeros_like(table)
        np.add.at(grads[0], index[pick].ravel(), delta.reshape(-1, d))
        adam.step(grads)

    def auc(scores, labels):
        values, inverse, counts = np.unique(scores, return_inverse=True, return_counts=True)
        ranks = (np.cumsum(counts) - (counts - 1) / 2)[inverse]
        pos = labels == 1
        return (ranks[pos].sum() - pos.sum() * (pos.sum() + 1) / 2) / (pos.sum() * (~pos).sum())

    logloss = lambda z: np.mean(np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))) - z * y_eval)
    full, _, _ = passes(index_eval)
    _, inputs, sums = passes(index)
    counts = np.bincount(index.ravel(), minlength=rows)
    weight = counts / counts.sum()
    mean_e = weight @ table
    centres = [s.mean(axis=0) for s in sums[:2]]
    bases = {"svd": [], "afm": []}
    for i in range(2):
        bases["svd"].append(np.linalg.svd(params[1 + 2 * i], full_matrices=False)[2].T)
        lam, q = np.linalg.eigh((sums[i] - centres[i]).T @ (sums[i] - centres[i]) / len(index))
        bases["afm"].append(q[:, ::-1])
        if i == 0:
            shares = lam[::-1] / lam.sum()
    bases["svd"].append(np.linalg.svd(table, full_matrices=False)[2].T)
    bases["afm"].append(np.linalg.svd(np.sqrt(weight)[:, None] * (table - mean_e), full_matrices=False)[2].T)
    ranks = [min(p["rank"], *shapes[0]), min(p["rank"], *shapes[1]), min(p["rankEmb"], d)]

    def low_table(way):
        v, mu = bases[way][2][:, : ranks[2]], (mean_e if way == "afm" else 0.0)
        return (table - mu) @ v @ v.T + mu

    def low_layer(i, h, way):
        w, b = params[1 + 2 * i], params[2 + 2 * i]
        q = bases[way][i][:, : ranks[i]]
        if way == "svd":
            return h @ q @ (w @ q).T + b
        return (h @ (q.T @ w).T + b @ q) @ q.T + centres[i] - q @ (q.T @ centres[i])

    def cut(way, emb, mlp):
        h = (low_table(way) if emb else table)[index_eval].reshape(len(index_eval), -1)
        for i in range(2):
            h = np.maximum(low_layer(i, h, way) if mlp else h @ params[1 + 2 * i].T + params[2 + 2 * i], 0)
        return (h @ params[5].T + params[6])[:, 0]

    out = {"auc.bayes": auc(z_eval, y_eval), "auc.full": auc(full, y_eval), "logloss.full": logloss(full)}
    for way in ("svd", "afm"):
        both = cut(way, True, True)
        out[f"auc.{way}"], out[f"logloss.{way}"] = auc(both, y_eval), logloss(both)
        out[f"auc.{way}.emb"] = auc(cut(way, True, False), y_eval)
        out[f"auc.{way}.mlp"] = auc(cut(way, False, True), y_eval)
        wrong, right = low_layer(0, inputs[0], way) - sums[0], sums[0] - centres[0]
        out[f"error.{way}.mlp"] = np.sum(wrong**2) / np.sum(right**2)
        norms = lambda a: weight @ np.sum(a**2, axis=1)
        out[f"error.{way}.emb"] = norms(low_table(way) - table) / norms(table - mean_e)
    out["tail.mlp"] = shares[ranks[0] :].sum()
    return out
