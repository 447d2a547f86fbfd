#! use matrix
def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def clustered_tokens(seed, n, d, clusters, spread, local):
    """q = c + spread e, k = c + spread e', v = m + spread f around the centre of a token's label; local: by label."""
    label = integers(seed, 1, n, clusters)
    at = lambda centres, noise: (
        normals(seed, centres, clusters, d)[label] + spread * normals(seed, noise, n, d)
    )
    q, k, v = at(0, 2) / np.sqrt(d), at(0, 3) / np.sqrt(d), at(4, 5)
    order = np.argsort(label, kind="stable") if local else np.arange(n)
    return [f32(x[order]) for x in (q, k, v)]


def orthogonal_rows(seed, blocks, norms, count, d):
    """FAVOR+ (Choromanski et al. 2021, 3.2): rows orthogonal within blocks of d, lengths of Gaussian vectors."""
    gaussian = normals(seed, blocks, -(-count // d), d, d)
    w = np.vstack([thin_q(g).T for g in gaussian])[:count]
    return f32(w * np.linalg.norm(normals(seed, norms, count, d), axis=1, keepdims=True))


def segment_means(x, r):
    """Mean of rows floor(g n / r) .. floor((g + 1) n / r) - 1: Linformer's projection and Nystroem's landmarks."""
    edges = np.arange(r + 1) * len(x) // r
    return np.stack([x[i:j].mean(axis=0) for i, j in zip(edges, edges[1:])])


def positive(x, w, beta):
    """phi(x) = exp(W y - |y|^2 / 2) / sqrt(r), y = sqrt(beta) x: unbiased for exp(beta q.k), and never negative."""
    y = np.sqrt(beta) * x
    return np.exp(y @ w.T - np.sum(y**2, axis=1, keepdims=True) / 2) / np.sqrt(len(w))


def trigonometric(x, w, beta):
    """What FAVOR+ replaces: exp(|y|^2 / 2) [sin W y, cos W y] / sqrt(rows); its estimates can be negative."""
    y = np.sqrt(beta) * x
    turns = y @ w.T
    return (
        np.exp(np.sum(y**2, axis=1, keepdims=True) / 2)
        * np.hstack([np.sin(turns), np.cos(turns)])
        / np.sqrt(len(w))
    )


def kernel_attention(fq, fk, v):
    """phi(Q) (phi(K)^T V) / phi(Q) (phi(K)^T 1): linear time, no n x n matrix."""
    return fq @ (fk.T @ v) / (fq @ fk.sum(axis=0))[:, None]


def nystrom(q, k, v, r, beta, iters):
    """F Z (B V), Z ~ pinv(M) by the iteration of Xiong et al. 2021, equation 11."""
    qt, kt = segment_means(q, r), segment_means(k, r)
    m = softmax(beta * qt @ kt.T)
    z = m.T / (np.abs(m).sum(axis=0).max() * np.abs(m).sum(axis=1).max())
    eye = np.eye(r)
    for _ in range(iters):
        y = m @ z
        z = z @ (13 * eye - y @ (15 * eye - y @ (7 * eye - y))) / 4
    return softmax(beta * q @ kt.T) @ (z @ (softmax(beta * qt @ k.T) @ v))


def flash(q, k, v, beta, tile=64):
    """Exact attention by tiles of keys with a running maximum and sum (Dao et al. 2022): the n x n is never stored."""
    top, total, o = np.full(len(q), -np.inf), np.zeros(len(q)), np.zeros((len(q), v.shape[1]))
    for first in range(0, len(k), tile):
        s = beta * q @ k[first : first + tile].T
        new = np.maximum(top, s.max(axis=1))
        weight, shrink = np.exp(s - new[:, None]), np.exp(top - new)
        total = shrink * total + weight.sum(axis=1)
        o = shrink[:, None] * o + weight @ v[first : first + tile]
        top = new
    return o / total[:, None]


def best_rank(a, omega, r, power=4):
    """U_r S_r V_r^T by the randomized SVD."""
    basis = np.linalg.qr(a @ omega)[0]
    for _ in range(power):
        basis = np.linalg.qr(a @ np.linalg.qr(a.T @ basis)[0])[0]
    u, s, vt = np.linalg.svd(basis.T @ a, full_matrices=False)
    return (basis @ u[:, :r]) * s[:r], vt[:r]


def experiment(p, data=None):
    """Four ways to thin factors, against exact attention and the best matrix of rank r."""
    seed, n, d, r, beta, draws = p["seed"], p["n"], p["d"], p["rank"], p["beta"], p["draws"]
    q, k, v = clustered_tokens(seed, n, d, p["clusters"], p["spread"], p["local"])
    as_drawn = clustered_tokens(seed, n, d, p["clusters"], p["spread"], False)
    exact, exact_drawn = flash(q, k, v, beta), flash(*as_drawn, beta)

    linformer = lambda q, k, v, r: softmax(beta * q @ segment_means(k, r).T) @ segment_means(v, r)
    performer = lambda w, v: kernel_attention(positive(q, w, beta), positive(k, w, beta), v)
    elu = lambda x: np.where(x > 0, x + 1, np.exp(np.minimum(x, 0)))
    fq, fk = elu(np.sqrt(beta) * q), elu(np.sqrt(beta) * k)
    e = f32(normals(seed, 10, r, n) / np.sqrt(r))
    rows = [orthogonal_rows(seed, 20 + 3 * t, 21 + 3 * t, 4 * r, d) for t in range(draws)]
    independent = [f32(normals(seed, 22 + 3 * t, 4 * r, d)) for t in range(draws)]
    out = {
        "error.linformer": distance(linformer(q, k, v, r), exact),
        "error.linformer.random": distance(softmax(beta * q @ (e @ k).T) @ (e @ v), exact),
        "error.linformer.full": rounding(
            distance(flash(q, segment_means(k, n), segment_means(v, n), beta), exact), 1e-4
        ),
        "error.linformer.shuffled": distance(linformer(*as_drawn, r), exact_drawn),
        "error.nystrom": distance(nystrom(q, k, v, r, beta, p["iters"]), exact),
        "error.nystrom.shuffled": distance(nystrom(*as_drawn, r, beta, p["iters"]), exact_drawn),
        "error.performer": np.mean([distance(performer(w[:r], v), exact) for w in rows]),
        "error.performer.4r": np.mean([distance(performer(w, v), exact) for w in rows]),
        "error.linear": distance(kernel_attention(fq, fk, v), exact),
        "error.mean": distance(np.broadcast_to(v.mean(axis=0), v.shape), exact),
    }
    if n > 4096:
        return out

    # The matrices themselves: a method's matrix is what it makes of V = I.
    a, eye = softmax(beta * q @ k.T), np.eye(n)
    us, vt = best_rank(a, normals(seed, 11, n, min(n, r + 16)), r)
    # Where the rank is exact the page is left with the rounding of its float32 factorizations.
    out["error.svd"] = within(distance(us @ (vt @ v), exact), floor=2e-5)
    out["matrix.svd"] = within(distance(us @ vt, a), floor=2e-5)
    out["matrix.linformer"] = distance(linformer(q, k, eye, r), a)
    out["matrix.nystrom"] = distance(nystrom(q, k, eye, r, beta, p["iters"]), a)
    out["matrix.performer"] = np.mean([distance(performer(w[:r], eye), a) for w in rows])
    out["matrix.linear"] = distance(kernel_attention(fq, fk, eye), a)
    out["identity.flash"] = rounding(distance(exact, a @ v), 1e-4)
    quadratic = (fq @ fk.T / (fq @ fk.T).sum(axis=1, keepdims=True)) @ v
    out["identity.linear"] = rounding(distance(kernel_attention(fq, fk, v), quadratic), 1e-4)

    low = p["betaLow"]
    want = np.exp(low * q @ k.T)
    mse = lambda phi, w: np.mean((phi(q, w, low) @ phi(k, w, low).T - want) ** 2)
    out["mse.orthogonal"] = np.mean([mse(positive, w[:r]) for w in rows])
    out["mse.orthogonal.4r"] = np.mean([mse(positive, w) for w in rows])
    out["mse.iid"] = np.mean([mse(positive, w[:r]) for w in independent])
    out["mse.trig"] = np.mean([mse(trigonometric, w[: r // 2]) for w in rows])
    both = np.sum(q**2, axis=1)[:, None] + np.sum(k**2, axis=1) + 2 * q @ k.T  # |q + k|^2
    out["mse.theory"] = np.mean(want**2 * np.expm1(low * both)) / r

    high = p["betaHigh"]
    sharp = softmax(high * q @ k.T)

    def normalized(phi, w):
        estimate = phi(q, w, high) @ phi(k, w, high).T
        return distance(estimate / estimate.sum(axis=1, keepdims=True), sharp)

    out["high.positive"] = np.median([normalized(positive, w[:r]) for w in rows])
    # Row sums of trigonometric features pass through zero: float32 decides how large the largest errors are.
    out["high.trig"] = within(np.median([normalized(trigonometric, w[: r // 2]) for w in rows]), 2e-2)
    return out
