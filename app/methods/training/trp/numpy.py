#! use network
def experiment(p, data=None):
    """Trained rank pruning: truncation and a nuclear-norm sub-gradient while the network trains."""
    widths = (64, p["width"], p["width"], 32)
    seed, lr, steps, size = p["seed"], p["lr"], p["steps"], p["batch"]
    net = Network(seed, widths, alpha=p["alpha"], shift=p["shift"], targetRank=p["targetRank"])

    def energy_rank(s):
        if p["energy"] >= 1:
            return len(s)
        return min(len(s), int(np.searchsorted(np.cumsum(s**2), p["energy"] * np.sum(s**2))) + 1)

    def train(nuclear=None, decay=0.0):
        """Plain training, or TRP where `nuclear` is given."""
        weights = random_weights(seed, widths, 20)
        adam, pull = Adam(weights, lr, decay), [np.zeros_like(w) for w in weights]
        for step in range(steps):
            if nuclear is not None and step % p["period"] == 0:
                for i, w in enumerate(weights):
                    u, s, vt = np.linalg.svd(w, full_matrices=False)
                    k = energy_rank(s)
                    pull[i] = u[:, :k] @ vt[:k]
                    if p["energy"] < 1:
                        w[:] = (u[:, :k] * s[:k]) @ vt[:k]
            adam.step(net.gradients(weights, step, size))
            if nuclear:
                for w, pulled in zip(weights, pull):
                    w -= lr * nuclear * pulled
        return weights

    sigmas = lambda weights: [np.linalg.svd(w, compute_uv=False) for w in weights]
    ranks_of = lambda weights: [energy_rank(s) for s in sigmas(weights)]
    nuclear_norm = lambda weights: float(sum(s.sum() for s in sigmas(weights)))

    def cut(weights, ranks):
        out = []
        for w, k in zip(weights, ranks):
            u, s, vt = np.linalg.svd(w, full_matrices=False)
            out.append((u[:, :k] * s[:k]) @ vt[:k])
        return net.loss(out)

    own, full, decayed = train(p["nuclear"]), train(), train(decay=p["decay"])
    ranks = ranks_of(own)
    count = sum(k * (m + n) for k, (n, m) in zip(ranks, zip(widths, widths[1:])))
    total = sum(w.size for w in full)
    return {
        "loss.full": net.loss(full),
        "loss.svd": cut(full, ranks),
        "loss.svd_energy": cut(full, ranks_of(full)),
        "loss.decay": net.loss(decayed),
        "loss.decay_svd": cut(decayed, ranks),
        "loss.before": net.loss(own),
        "loss.trp": cut(own, ranks),
        "rank.1": ranks[0],
        "rank.2": ranks[1],
        "rank.3": ranks[2],
        "rank.total": sum(ranks),
        "rank.svd_energy": sum(ranks_of(full)),
        "rank.decay": sum(ranks_of(decayed)),
        "params.full": total,
        "params.trp": count,
        "ratio": total / count,
        "nuclear.full": nuclear_norm(full),
        "nuclear.trp": nuclear_norm(own),
    }
