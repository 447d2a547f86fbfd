#! use network
def experiment(p, data=None):
    """DyLoRA: a rank drawn at every step, beside LoRA cut to its first columns or by SVD."""
    seed, lr, steps, size, big, at = p["seed"], p["lr"], p["steps"], p["batch"], p["rankMax"], p["rankAt"]
    net = Network(seed, shift=p["shift"], targetRank=p["targetRank"], noise=p["noise"])

    def start(r):
        b = [np.zeros((w.shape[0], r)) for w in net.weights]
        a = [f32(normals(seed, 20 + i, r, w.shape[1]) / np.sqrt(w.shape[1])) for i, w in enumerate(net.weights)]
        return b, a

    cut = lambda b, a, r: [w + bi[:, :r] @ ai[:r] for w, bi, ai in zip(net.weights, b, a)]
    by_rank = lambda b, a: [net.loss(cut(b, a, r)) for r in range(1, big + 1)]

    def lora(r):
        b, a = start(r)
        adam = Adam(b + a, lr)
        for step in range(steps):
            g = net.gradients(cut(b, a, r), step, size)
            adam.step([gi @ ai.T for gi, ai in zip(g, a)] + [bi.T @ gi for gi, bi in zip(g, b)])
        return b, a

    def dylora():
        """Moments and step count of a rank index advance only in the steps that update it."""
        b, a = start(big)
        drawn, count = 1 + integers(seed, 23, steps, big), np.zeros(big)
        m = [[np.zeros_like(x), np.zeros_like(x)] for x in b + a]
        for step in range(steps):
            r = drawn[step]
            own = slice(r - 1, r) if p["frozen"] else slice(0, r)
            g = net.gradients(cut(b, a, r), step, size)
            count[own] += 1
            c1, c2 = 1 - 0.9 ** count[own], 1 - 0.999 ** count[own]
            # The old factors stand in both gradients.
            grads = [(gi @ ai.T)[:, own] for gi, ai in zip(g, a)] + [((bi.T @ gi)[own]).T for gi, bi in zip(g, b)]
            views = [x[:, own] for x in b] + [x[own].T for x in a]
            states = [[s[:, own] for s in x] for x in m[: len(b)]] + [[s[own].T for s in x] for x in m[len(b) :]]
            for x, gi, (first, second) in zip(views, grads, states):
                first += 0.1 * (gi - first)
                second += 0.001 * (gi * gi - second)
                x -= lr * (first / c1) / (np.sqrt(second / c2) + 1e-8)
        return b, a

    dy, plain, single = by_rank(*dylora()), lora(big), lora(at)
    truncated, parts = by_rank(*plain), [np.linalg.svd(bi @ ai, full_matrices=False) for bi, ai in zip(*plain)]
    svdcut = by_rank([u * s for u, s, _ in parts], [vt for _, _, vt in parts])
    numbers = sum(m + n for m, n in (w.shape for w in net.weights))
    return {
        "loss.frozen": net.loss(net.weights),
        "loss.dylora.1": dy[0],
        "loss.dylora.at": dy[at - 1],
        "loss.dylora.max": dy[-1],
        "loss.truncated.1": truncated[0],
        "loss.truncated.at": truncated[at - 1],
        "loss.svdcut.1": svdcut[0],
        "loss.svdcut.at": svdcut[at - 1],
        "loss.lora.at": net.loss(cut(*single, at)),
        "loss.lora.max": truncated[-1],
        "mean.dylora": np.mean(dy),
        "mean.truncated": np.mean(truncated),
        "mean.svdcut": np.mean(svdcut),
        "params.at": at * numbers,
        "params.max": big * numbers,
    }
