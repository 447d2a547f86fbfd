#! use network
def experiment(p, data=None):
    """Fira against GaLore and Adam: optimizer state in a rank-r subspace of the gradient."""
    widths, seed, lr, steps, size = widths_of(p["widths"]), p["seed"], p["lr"], p["steps"], p["batch"]
    net = Network(seed, widths, alpha=p["alpha"])
    start = random_weights(seed, widths, 20)
    b1, b2, eps = 0.9, 0.999, 1e-8

    def direction(g, state):
        state[0] = b1 * state[0] + (1 - b1) * g
        state[1] = b2 * state[1] + (1 - b2) * g * g
        return state[0] / (np.sqrt(state[1]) + eps)

    def train(rest, limiter):
        weights = [w.copy() for w in start]
        low, full = [None] * len(weights), [[0.0, 0.0] for _ in weights]
        basis, norms = [None] * len(weights), [[] for _ in weights]
        cosines = []
        for step in range(steps):
            correction = np.sqrt(1 - b2 ** (step + 1)) / (1 - b1 ** (step + 1))
            for i, g in enumerate(net.gradients(weights, step, size)):
                m, n = g.shape
                right, r = m >= n, min(p["rank"], m, n)
                if step % p["gap"] == 0:
                    u, _, vt = np.linalg.svd(g, full_matrices=False)
                    q = vt[:r].T if right else u[:, :r]
                    # The moments are kept, so signs matter: the largest entry of each vector is made positive.
                    basis[i] = q * np.sign(q[np.argmax(np.abs(q), axis=0), np.arange(r)])
                q = basis[i]
                small = g @ q if right else q.T @ g
                back = (lambda x: x @ q.T) if right else (lambda x: q @ x)
                if low[i] is None:
                    low[i] = [0.0, 0.0]
                scaled = direction(small, low[i])
                move = p["scale"] * back(scaled)
                if rest:
                    axis = 1 if right else 0
                    ratio = lambda a, b: np.linalg.norm(a, axis=axis) / (np.linalg.norm(b, axis=axis) + 1e-8)
                    phi = ratio(scaled, small)
                    s = (phi[:, None] if right else phi) * (g - back(small))
                    norm = np.linalg.norm(s)
                    if limiter and norms[i]:
                        f = max(norm / (norms[i][-1] + 1e-8), limiter) / limiter
                        s, norm = s / f, norm / f
                    norms[i].append(norm)
                    move = move + s
                    psi = ratio(direction(g, full[i]), g)
                    cosines.append(phi @ psi / (np.linalg.norm(phi) * np.linalg.norm(psi)))
                weights[i] -= lr * correction * move
        growth = max([b / a for layer in norms for a, b in zip(layer, layer[1:]) if a > 0] or [1.0])
        return net.loss(weights), growth, np.mean(cosines) if cosines else 0.0

    adam = [w.copy() for w in start]
    optimizer = Adam(adam, lr)
    for step in range(steps):
        optimizer.step(net.gradients(adam, step, size))
    full_loss = net.loss(adam)
    fira, growth, similarity = train(True, p["limiter"])
    free, free_growth, _ = train(True, None)
    galore, _, _ = train(False, None)
    sizes = [w.shape for w in start]
    state = sum(2 * min(p["rank"], m, n) * max(m, n) for m, n in sizes)
    return {
        "loss.start": net.loss(start),
        "loss.full": full_loss,
        "loss.galore": galore,
        "loss.fira": fira,
        "loss.nolimit": free,
        "gap.closed": (galore - fira) / (galore - full_loss),
        "growth.fira": growth,
        "growth.nolimit": free_growth,
        "similarity.scaling": similarity,
        "state.full": 2 * sum(m * n for m, n in sizes),
        "state.galore": state,
        "state.fira": state,
    }
