#! use network
def experiment(p, data=None):
    """RandLoRA: a full-rank update from fixed random bases with trained scalings, beside LoRA."""
    seed, m, n, r, steps, size = p["seed"], p["m"], p["n"], p["rank"], p["steps"], p["batch"]
    big, small = max(m, n), min(m, n)
    sigma = spectrum("power", small, alpha=p["alpha"])
    sigma = sigma * np.sqrt(m) / np.linalg.norm(sigma)
    d = f32(test_matrix(seed, m, n, sigma)[0])
    x = f32(normals(seed, 2, p["train"], n))[permutation(seed, 3, p["train"])]

    def train(change, learn):
        """Adam on the loss of a batch, mean ||(dW - D) x||^2 / (m v), v = ||D||_F^2 / m."""
        for step in range(steps):
            rows = x[(step * size + np.arange(size)) % len(x)]
            learn(2 / (size * np.sum(d**2)) * ((change() - d) @ rows.T) @ rows)
        return change()

    count = -(-small // r)
    a = f32(normals(seed, 20, r, small) / np.sqrt(r))
    b = f32(normals(seed, 21, count, big, r) / np.sqrt(big))
    lam, gamma = np.full((count, r), 1 / np.sqrt(count)), np.zeros((count, small))
    flip = (lambda w: w.T) if m < n else (lambda w: w)
    stack = lambda: lam[:, :, None] * a[None] * gamma[:, None, :]
    adam = Adam([lam, gamma], p["lrRand"])

    def learn(g):
        t = b.transpose(0, 2, 1) @ flip(g)
        adam.step([np.sum(t * a[None] * gamma[:, None, :], axis=2), np.sum(t * a[None] * lam[:, :, None], axis=1)])

    rand = train(lambda: flip(np.sum(b @ stack(), axis=0)), learn)

    q = max(1, int(np.ceil((lam.size + gamma.size) / (m + n) - 0.5)))
    left, right = np.zeros((m, q)), f32(normals(seed, 22, q, n) / np.sqrt(n))
    other = Adam([left, right], p["lr"])
    lora = train(lambda: left @ right, lambda g: other.step([g @ right.T, left.T @ g]))

    wanted, rest = flip(d), 0.0
    for i in range(small):
        span = (b @ a[:, i]).T
        coefficients = np.linalg.lstsq(span, wanted[:, i], rcond=None)[0]
        rest += np.sum((span @ coefficients - wanted[:, i]) ** 2)
    error = lambda w: np.linalg.norm(w - d) / np.linalg.norm(d)
    rank_of = lambda w: int(np.sum((s := np.linalg.svd(w, compute_uv=False)) > 1e-3 * s[0]))
    return {
        "error.randlora": error(rand),
        "error.lora": error(lora),
        "error.svd": np.linalg.norm(sigma[q:]) / np.linalg.norm(sigma),
        "error.floor": np.sqrt(rest) / np.linalg.norm(d),
        "error.expected": np.sqrt(1 - count / big),
        "params.randlora": lam.size + gamma.size,
        "params.lora": q * (m + n),
        "rank.lora": q,
        "bases": count,
        "updateRank.randlora": rank_of(rand),
        "updateRank.lora": rank_of(lora),
    }
