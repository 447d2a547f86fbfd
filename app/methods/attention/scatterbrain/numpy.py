#! use matrix
def clustered_tokens(seed, n, d, clusters, spread):
    """q = c + spread e, k = c + spread e', v = m + spread f around the centre of a token's label."""
    label = integers(seed, 1, n, clusters)
    at = lambda centres, noise: (
        normals(seed, centres, clusters, d)[label] + spread * normals(seed, noise, n, d)
    )
    return f32(at(0, 2) / np.sqrt(d)), f32(at(0, 3) / np.sqrt(d)), f32(at(4, 5))


def orthogonal_rows(seed, blocks, norms, count, d):
    """Features' rows, orthogonal within blocks of d, with the lengths of Gaussian vectors (Performer, 3.2)."""
    gaussian = normals(seed, blocks, -(-count // d), d, d)
    w = np.vstack([thin_q(g).T for g in gaussian])[:count]
    return f32(w * np.linalg.norm(normals(seed, norms, count, d), axis=1, keepdims=True))


def positive(x, w, beta):
    """phi(x) = exp(W y - |y|^2 / 2) / sqrt(r), y = sqrt(beta) x."""
    y = np.sqrt(beta) * x
    return np.exp(y @ w.T - np.sum(y**2, axis=1, keepdims=True) / 2) / np.sqrt(len(w))


def chunks_of(x, rotation, chunk):
    """Chunk number of every row: rows sorted by (hash, index), cut into consecutive chunks (Reformer)."""
    turned = x @ rotation
    bucket = np.argmax(np.hstack([turned, -turned]), axis=1)  # ties go to the smallest index
    place = np.empty(len(x), int)
    place[np.argsort(bucket, kind="stable")] = np.arange(len(x)) // chunk
    return place


def support(q, k, rotations, chunk):
    """Pairs whose chunks have the same number in some round, as rounds x n chunk numbers of queries and of keys."""
    return [(chunks_of(q, rotation, chunk), chunks_of(k, rotation, chunk)) for rotation in rotations]


def paired(rounds, n):
    """The union over rounds as an n x n mask."""
    mask = np.zeros((n, n), bool)
    for queries, keys in rounds:
        mask |= queries[:, None] == keys
    return mask


def scatterbrain(q, k, v, w, rounds, beta):
    """Ohat = num / den in linear time: features everywhere, the exact value on each paired entry (once)."""
    fq, fk = positive(q, w, beta), positive(k, w, beta)
    num, den = fq @ (fk.T @ v), fq @ fk.sum(axis=0)
    for t, (queries, keys) in enumerate(rounds):
        for c in range(queries.max() + 1):
            i, j = np.flatnonzero(queries == c), np.flatnonzero(keys == c)
            earlier = np.zeros((len(i), len(j)), bool)
            for queries_before, keys_before in rounds[:t]:
                earlier |= queries_before[i][:, None] == keys_before[j]
            change = np.where(earlier, 0, np.exp(beta * q[i] @ k[j].T) - fq[i] @ fk[j].T)
            num[i] += change @ v[j]
            den[i] += change.sum(axis=1)
    return num / np.maximum(den, 1e-30)[:, None]


def hashing_alone(q, k, v, mask, beta):
    """Softmax over the keys that hashing pairs with a query."""
    s = np.where(mask, beta * q @ k.T, -np.inf)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) @ v


def experiment(p, data=None):
    """Sparse plus low-rank attention against either alone at about the same cost, at three inverse temperatures."""
    seed, n, d, r, rounds, chunk = p["seed"], p["n"], p["d"], p["rank"], p["rounds"], p["chunk"]
    q, k, v = clustered_tokens(seed, n, d, p["clusters"], p["spread"])
    draws = []
    for t in range(p["draws"]):
        w = orthogonal_rows(seed, 10 + 3 * t, 11 + 3 * t, 2 * r, d)
        rotations = f32(normals(seed, 12 + 3 * t, 2 * rounds, d, p["buckets"] // 2))
        pairs = support(q, k, rotations, chunk)
        draws.append((w, pairs, paired(pairs, n), paired(pairs[:rounds], n)))

    out = {}
    for suffix, beta in (("", p["beta"]), (".low", p["betaLow"]), (".high", p["betaHigh"])):
        e = np.exp(beta * q @ k.T)
        exact = e @ v / e.sum(axis=1, keepdims=True)
        errors = {"scatterbrain": [], "performer": [], "lsh": []}
        for w, pairs, wide, _ in draws:
            fq, fk = positive(q, w, beta), positive(k, w, beta)
            errors["scatterbrain"].append(distance(scatterbrain(q, k, v, w[:r], pairs[:rounds], beta), exact))
            errors["performer"].append(distance(fq @ (fk.T @ v) / (fq @ fk.sum(axis=0))[:, None], exact))
            errors["lsh"].append(distance(hashing_alone(q, k, v, wide, beta), exact))
        out.update({f"error.{name}{suffix}": np.mean(values) for name, values in errors.items()})
    out["fill.lsh"] = np.mean([wide.mean() for _, _, wide, _ in draws])
    out["fill.scatterbrain"] = np.mean([narrow.mean() for _, _, _, narrow in draws])

    beta = p["betaLow"]
    e = np.exp(beta * q @ k.T)
    estimates, alone, gaps = [], [], []
    for w, _, _, narrow in draws:
        low_rank = positive(q, w[:r], beta) @ positive(k, w[:r], beta).T
        estimates.append(np.where(narrow, e, low_rank))
        alone.append(distance(low_rank, e))
        unpaired = np.linalg.norm(np.where(narrow, 0, low_rank - e)) / np.linalg.norm(e)
        gaps.append(abs(distance(estimates[-1], e) - unpaired))
    out["matrix.scatterbrain"] = np.mean([distance(estimate, e) for estimate in estimates])
    out["matrix.performer"] = np.mean(alone)
    out["matrix.mean"] = distance(np.mean(estimates, axis=0), e)
    out["identity.mask"] = rounding(max(gaps), 1e-4)

    w, pairs, _, narrow = draws[0]
    beta, w = p["beta"], w[:r]
    dense = np.where(narrow, np.exp(beta * q @ k.T), positive(q, w, beta) @ positive(k, w, beta).T)
    want = dense @ v / np.maximum(dense.sum(axis=1, keepdims=True), 1e-30)
    out["identity.linear"] = rounding(distance(scatterbrain(q, k, v, w, pairs[:rounds], beta), want), 1e-3)
    return out
