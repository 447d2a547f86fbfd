# ---- test matrices ----
def thin_q(a):
    """Q of A = Q R with diag(R) > 0."""
    q, r = np.linalg.qr(a)
    return q * np.where(np.diag(r) < 0, -1.0, 1.0)


def spectrum(kind, k, rate=0.05, alpha=1.0, noise=0.01, stepRank=8):
    i = np.arange(k)
    if kind == "exp":
        return np.exp(-rate * i)
    if kind == "power":
        return (i + 1.0) ** -alpha
    if kind == "step":
        return np.where(i < stepRank, 1.0, noise)
    return np.ones(k)


def test_matrix(seed, m, n, sigma, streams=(0, 1)):
    """A = U diag(sigma) V^T with U, V the thin Q factors of Gaussian matrices. Returns A, U, V."""
    k = min(m, n)
    u = thin_q(normals(seed, streams[0], m, k))
    v = thin_q(normals(seed, streams[1], n, k))
    return (u * sigma) @ v.T, u, v
