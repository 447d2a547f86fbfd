#! use matrix
def experiment(p, data=None):
    """Randomized SVD: the schemes' relative Frobenius errors at rank k, beside the best possible one."""
    k, q, seed = p["rank"], p["power"], p["seed"]
    if data is None:
        sigma = spectrum(p["spectrum"], min(p["m"], p["n"]), p["rate"], p["alpha"], p["noise"], p["stepRank"])
        a = f32(test_matrix(seed, p["m"], p["n"], sigma)[0])
    else:
        a = f32(data)
    m, n = a.shape
    norm = np.linalg.norm(a)
    width = min(k + p["oversample"], m, n)
    omega = normals(seed, 2, n, width)
    orth = lambda y: np.linalg.qr(y)[0]

    def project(basis):
        """The rank-k approximation from a basis of the range: B = Q^T A, cut at k."""
        u, s, vt = np.linalg.svd(basis.T @ a, full_matrices=False)
        return basis @ (u[:, :k] * s[:k]) @ vt[:k]

    error = lambda approximation: np.linalg.norm(a - approximation) / norm
    sigma = np.linalg.svd(a, compute_uv=False)
    out = {"error.svd": np.linalg.norm(sigma[k:]) / norm}

    plain = orth(a @ omega)
    out["range.rsvd0"] = error(plain @ (plain.T @ a))
    out["error.rsvd0"] = error(project(plain))

    basis = plain
    for _ in range(q):  # orthonormalized after every product: in float32 small singular values would be lost
        basis = orth(a @ orth(a.T @ basis))
    out["error.rsvd"] = error(project(basis))

    blocks, y = [], a @ omega  # block Krylov: all the powers at once
    for _ in range(q + 1):
        y = orth(y)
        blocks.append(y)
        y = a @ (a.T @ y)
    out["error.krylov"] = error(project(orth(np.hstack(blocks))))

    if 2 * k + 1 <= n and 4 * k + 3 <= m:  # single pass (Tropp et al. 2017)
        psi = normals(seed, 8, 4 * k + 3, m)
        range_q = orth(a @ normals(seed, 7, n, 2 * k + 1))
        x = np.linalg.lstsq(psi @ range_q, psi @ a, rcond=None)[0]
        u, s, vt = np.linalg.svd(x, full_matrices=False)
        out["error.stream"] = error(range_q @ (u[:, :k] * s[:k]) @ vt[:k])
    if p["oversample"] >= 2:
        out["bound.hmt"] = np.sqrt(1 + k / (p["oversample"] - 1)) * np.linalg.norm(sigma[k:]) / norm
    return out
