#! use network
def experiment(p, data=None):
    """SLTrain: low rank plus a fixed random support, against low rank, sparse and full training, from scratch."""
    widths, seed, lr, steps, size = widths_of(p["widths"]), p["seed"], p["lr"], p["steps"], p["batch"]
    net = Network(seed, widths, alpha=p["alpha"])
    shapes = [(m, n) for n, m in zip(widths, widths[1:])]
    total = sum(m * n for m, n in shapes)

    def support(i, density):
        m, n = shapes[i]
        return np.sort(permutation(seed, 23 + i, m * n)[: int(density * m * n)])

    def start(stream, count, n):
        return f32((2 * uniforms(seed, stream, count) - 1) / np.sqrt(n))

    def train(params, weights_of, back):
        adam = Adam(params, lr)
        for step in range(steps):
            adam.step(back(net.gradients(weights_of(), step, size)))
        return net.loss(weights_of()), sum(a.size for a in params), weights_of()

    def mixed(ranks, density, scaling):
        """W = scaling B A + S; rank 0 leaves the low-rank part out."""
        params, places = [], [support(i, density) for i in range(len(shapes))]
        for i, (m, n) in enumerate(shapes):
            params += [np.zeros((m, ranks[i])), start(20 + i, ranks[i] * n, n).reshape(ranks[i], n)]
            params.append(start(26 + i, len(places[i]), n))

        def weights():
            out = []
            for i, (m, n) in enumerate(shapes):
                w = (scaling * params[3 * i] @ params[3 * i + 1]).ravel()
                w[places[i]] += params[3 * i + 2]
                out.append(w.reshape(m, n))
            return out

        def back(grads):
            out = []
            for i, g in enumerate(grads):
                out += [scaling * g @ params[3 * i + 1].T, scaling * params[3 * i].T @ g, g.ravel()[places[i]]]
            return out

        return train(params, weights, back)

    def low_rank(rank):
        params = []
        for i, (m, n) in enumerate(shapes):
            r = min(rank, m, n)
            params.append(f32(1.4 * normals(seed, 33 + i, m, r) / np.sqrt(r)))
            params.append(f32(normals(seed, 30 + i, r, n) / np.sqrt(n)))
        weights = lambda: [params[2 * i] @ params[2 * i + 1] for i in range(len(shapes))]
        back = lambda gs: [x for i, g in enumerate(gs) for x in (g @ params[2 * i + 1].T, params[2 * i].T @ g)]
        return train(params, weights, back)

    ranks = [min(p["rank"], m, n) for m, n in shapes]
    own, count, weights = mixed(ranks, p["density"], p["scaling"])
    equal = -(-count // sum(m + n for m, n in shapes))
    low, low_count, low_weights = low_rank(equal)
    dense = random_weights(seed, widths, 36)
    full, _, _ = train(dense, lambda: dense, lambda grads: grads)
    sparse, sparse_count, _ = mixed([0] * len(shapes), min(1, count / total), 1.0)
    numerical = lambda w: int(np.sum(np.linalg.svd(w, compute_uv=False) > 1e-3 * np.linalg.norm(w, 2)))
    layer = min(1, len(shapes) - 1)
    return {
        "loss.full": full,
        "loss.sltrain": own,
        "loss.lowrank": low,
        "loss.lowrankSame": low_rank(p["rank"])[0],
        "loss.sparse": sparse,
        "params.full": total,
        "params.sltrain": count,
        "params.lowrank": low_count,
        "params.sparse": sparse_count,
        "rank.lowrank": equal,
        "rank.numerical": numerical(weights[layer]),
        "rank.numericalLow": numerical(low_weights[layer]),
    }
