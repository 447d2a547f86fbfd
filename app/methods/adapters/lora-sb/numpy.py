#! use network
def experiment(p, data=None):
    """LoRA-SB: an r x r core between factors of the first full update; LoRA-XS and LoRA beside it."""
    seed, lr, steps, size, r = p["seed"], p["lr"], p["steps"], p["batch"], p["rank"]
    net = Network(seed, shift=p["shift"], targetRank=p["targetRank"], noise=p["noise"])

    def first_updates():
        rows = net.order[: p["samples"]]
        out, inputs, sums = forward(net.weights, net.x[rows])
        grads = backward(net.weights, inputs, sums, 2 * (out - net.y[rows]) / (out.size * net.scale))
        return [-lr * (np.sign(g) if p["sign"] else g / np.mean(np.abs(g))) for g in grads]

    def train(b, core, a):
        """Trains the cores; returns first and last loss and the captured share of every step."""
        merged = lambda: [w + bi @ ri @ ai for w, bi, ri, ai in zip(net.weights, b, core, a)]
        q = [bi / np.linalg.norm(bi, axis=0) for bi in b]
        adam, first, shares = Adam(core, lr), net.loss(merged()), []
        for step in range(steps):
            g = net.gradients(merged(), step, size)
            seen = [np.sum((qi.T @ gi @ ai.T) ** 2) / np.sum(gi**2) for qi, gi, ai in zip(q, g, a)]
            shares.append(np.mean(seen))
            adam.step([bi.T @ gi @ ai.T for bi, gi, ai in zip(b, g, a)])
        return first, net.loss(merged()), shares

    updates = first_updates()
    parts = [np.linalg.svd(d, full_matrices=False) for d in updates]
    b = [u[:, :r] for u, _, _ in parts]
    a = [vt[:r] for _, _, vt in parts]
    core = [np.diag(s[:r]) for _, s, _ in parts]
    size_of = np.linalg.norm
    error = np.mean([size_of(bi @ ri @ ai - d) / size_of(d) for bi, ri, ai, d in zip(b, core, a, updates)])
    best = np.mean([size_of(s[r:]) / size_of(s) for _, s, _ in parts])
    count = sum(x.size for x in core)
    init_sb, sb, seen_sb = train(b, core, a)

    parts = [np.linalg.svd(w, full_matrices=False) for w in net.weights]
    tiny = [1e-5 * normals(seed, 20 + i, min(r, len(s)), min(r, len(s))) for i, (_, s, _) in enumerate(parts)]
    init_xs, xs, seen_xs = train([u[:, :r] * s[:r] for u, s, _ in parts], tiny, [vt[:r] for _, _, vt in parts])

    matched = max(1, round(count / sum(m + n for m, n in (w.shape for w in net.weights))))
    left = [np.zeros((w.shape[0], matched)) for w in net.weights]
    right = [f32(normals(seed, 20 + i, matched, w.shape[1]) / np.sqrt(w.shape[1])) for i, w in enumerate(net.weights)]
    merged = lambda: [w + bi @ ai for w, bi, ai in zip(net.weights, left, right)]
    adam = Adam(left + right, p["lrLora"])
    for step in range(steps):
        g = net.gradients(merged(), step, size)
        adam.step([gi @ ai.T for gi, ai in zip(g, right)] + [bi.T @ gi for gi, bi in zip(g, left)])
    return {
        "loss.frozen": net.loss(net.weights),
        "loss.sb": sb,
        "loss.xs": xs,
        "loss.lora": net.loss(merged()),
        "loss.init.sb": init_sb,
        "loss.init.xs": init_xs,
        "params.sb": count,
        "params.xs": sum(x.size for x in tiny),
        "params.lora": sum(x.size for x in left + right),
        "rank.lora": matched,
        "error.init": error,
        "error.svd": best,
        "captured.sb": np.mean(seen_sb),
        "captured.xs": np.mean(seen_xs),
        "captured.init.sb": seen_sb[0],
        "captured.init.xs": seen_xs[0],
    }
