#! use network
def experiment(p, data=None):
    """SVFit: trained singular values, beside LoRA and a random basis."""
    seed, steps, size, k = p["seed"], p["steps"], p["batch"], p["rank"]
    net = Network(seed, alpha=p["alpha"], shift=p["shift"], targetRank=p["targetRank"], noise=p["noise"])
    if p["change"] == "rescale":
        rescale(net, seed, p["alpha"], p["shift"], p["noise"])

    def train(left, right):
        """Trains c of W + left diag(c) right from zero."""
        c = [np.zeros(x.shape[1]) for x in left]
        merged = lambda: [w + (x * ci) @ y for w, x, ci, y in zip(net.weights, left, c, right)]
        adam, first = Adam(c, p["lrDiag"]), net.loss(merged())
        for step in range(steps):
            g = net.gradients(merged(), step, size)
            adam.step([np.sum((x.T @ gi) * y, axis=1) for x, gi, y in zip(left, g, right)])
        return first, net.loss(merged()), c

    parts = [np.linalg.svd(w, full_matrices=False) for w in net.weights]
    u, vt = [x[:, :k] for x, _, _ in parts], [y[:k] for _, _, y in parts]
    init, svfit, c = train(u, vt)
    wanted = [np.sum((x.T @ w) * y, axis=1) for x, w, y in zip(u, net.targets, vt)]
    gap = [s[:k] - w for (_, s, _), w in zip(parts, wanted)]
    error = np.sqrt(sum(np.sum((d + ci) ** 2) for d, ci in zip(gap, c)) / sum(np.sum(d**2) for d in gap))

    shapes = [w.shape for w in net.weights]
    f = [f32(normals(seed, 23 + i, m, min(k, m, n)) / np.sqrt(m)) for i, (m, n) in enumerate(shapes)]
    h = [f32(normals(seed, 26 + i, min(k, m, n), n) / np.sqrt(n)) for i, (m, n) in enumerate(shapes)]
    _, rand, _ = train(f, h)

    q = p["loraRank"]
    b = [np.zeros((m, q)) for m, _ in shapes]
    a = [f32(normals(seed, 20 + i, q, n) / np.sqrt(n)) for i, (_, n) in enumerate(shapes)]
    merged = lambda: [w + bi @ ai for w, bi, ai in zip(net.weights, b, a)]
    adam = Adam(b + a, p["lr"])
    for step in range(steps):
        g = net.gradients(merged(), step, size)
        adam.step([gi @ ai.T for gi, ai in zip(g, a)] + [bi.T @ gi for gi, bi in zip(g, b)])

    count, lora = sum(len(x) for x in c), sum(x.size for x in a + b)
    return {
        "loss.frozen": net.loss(net.weights),
        "loss.svfit": svfit,
        "loss.random": rand,
        "loss.lora": net.loss(merged()),
        "loss.init": init,
        "params.svfit": count,
        "params.lora": lora,
        "ratio.params": lora / count,
        "energy": np.mean([s[:k].sum() / s.sum() for _, s, _ in parts]),
        "error.svd": np.mean([np.linalg.norm(s[k:]) / np.linalg.norm(s) for _, s, _ in parts]),
        "error.sigma": error,
    }


def rescale(net, seed, alpha, shift, noise):
    """Gives the target network new strengths of the old directions: W + shift ||W|| / ||D|| D, D = U diag(s z) V^T."""
    targets = []
    for i, (n, m) in enumerate(zip(net.widths, net.widths[1:])):
        sigma = spectrum("power", min(m, n), alpha=alpha)
        sigma = sigma * net.GAIN * np.sqrt(m) / np.linalg.norm(sigma)
        w, u, v = test_matrix(seed, m, n, sigma, (2 * i, 2 * i + 1))
        d = (u * (sigma * normals(seed, 6 + 2 * i, len(sigma)))) @ v.T
        targets.append(w + shift * np.linalg.norm(w) / np.linalg.norm(d) * d)
    y, y_eval = forward(targets, net.x)[0], forward(targets, net.x_eval)[0]
    if noise > 0:
        y = y + noise * y.std() * normals(seed, 14, *y.shape)
    net.targets, net.y, net.y_eval = [f32(w) for w in targets], f32(y), f32(y_eval)
    net.scale = np.mean(net.y_eval**2)
