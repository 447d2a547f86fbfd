from itertools import combinations_with_replacement
from math import comb, factorial


def features(x, degree):
    """phi_g(x): one entry for each multiset t of coordinates of size 0..g, prod x_a / sqrt(prod e_a!)."""
    d = x.shape[1]
    columns = []
    for size in range(degree + 1):
        for chosen in combinations_with_replacement(range(d), size):
            repeats = np.prod([factorial(chosen.count(a)) for a in set(chosen)]) if chosen else 1
            columns.append(np.prod(x[:, list(chosen)], axis=1) / np.sqrt(repeats))
    return np.stack(columns, axis=1)


def kronecker(a, b):
    """Row-wise Kronecker product."""
    return (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)


class Head:
    """One head of attention with adapters in mid-training: W_i = W*_i + (s / r) B_i A_i."""

    def __init__(self, p):
        seed, n, d, r = p["seed"], p["n"], p["d"], p["rank"]
        self.x, self.y = f32(normals(seed, 0, n, d)), f32(normals(seed, 10, n, d))
        self.factor = p["scale"] / r
        self.b = [f32(normals(seed, 4 + 2 * i, d, r) / np.sqrt(r)) for i in range(3)]
        self.a = [f32(normals(seed, 5 + 2 * i, r, d) / np.sqrt(d)) for i in range(3)]
        base = [f32(normals(seed, 1 + i, d, d) / np.sqrt(d)) for i in range(3)]
        w = [w0 + self.factor * b @ a for w0, b, a in zip(base, self.b, self.a)]
        self.xq, self.xk, self.v = (self.x @ wi for wi in w)
        self.largest = max(np.abs(rows @ self.xk.T).max() for rows in np.array_split(self.xq, -(-n // 1024)))
        self.n = n

    def scale(self, tau):
        """c such that max |S| = tau^2 ln n, S = c^2 (X W_Q)(X W_K)^T."""
        return np.sqrt(tau**2 * np.log(self.n) / self.largest)

    def dense(self, tau, degree=None):
        """Loss and dloss/dW by the dense formulas; exp replaced by its Taylor polynomial of a degree. None: no sum."""
        c, x, v = self.scale(tau), self.x, self.v
        q, k = c * self.xq, c * self.xk
        s = q @ k.T
        if degree is None:
            f = np.exp(s - s.max(axis=1, keepdims=True))
        else:
            f, term = np.ones_like(s), np.ones_like(s)
            for t in range(1, degree + 1):
                term = term * s / t
                f = f + term
            if f.sum(axis=1).min() <= 1e-6 * self.n:
                return None
        f /= f.sum(axis=1, keepdims=True)
        o = f @ v
        e = o - self.y
        p = f * (e @ v.T) - np.sum(e * o, axis=1, keepdims=True) * f  # dloss/dS
        return 0.5 * np.sum(e**2), [c * x.T @ p @ k, c * x.T @ p.T @ q, x.T @ f.T @ e]

    def chain(self, tau, degree):
        """The same through factors of width F: nothing of size n x n is formed."""
        c, x, v = self.scale(tau), self.x, self.v
        q, k = c * self.xq, c * self.xk
        u, w = features(q, degree), features(k, degree)
        sums = u @ w.sum(axis=0)
        if sums.min() <= 1e-6 * self.n:
            return None
        u = u / sums[:, None]
        o = u @ (w.T @ v)
        e = o - self.y
        rho = np.sum(e * o, axis=1, keepdims=True)
        u1, w1 = kronecker(u, e), kronecker(w, v)
        return 0.5 * np.sum(e**2), [
            c * ((x.T @ u1) @ (w1.T @ k) - (x.T @ (rho * u)) @ (w.T @ k)),
            c * ((x.T @ w1) @ (u1.T @ q) - (x.T @ w) @ ((rho * u).T @ q)),
            (x.T @ w) @ (u.T @ e),
        ]

    def adapters(self, grads):
        """dloss/dA_i over s / r: B_i^T dloss/dW_i, stacked. Relative errors do not see the factor, which may be 0."""
        return np.vstack([b.T @ g for b, g in zip(self.b, grads)])


def experiment(p, data=None):
    """The gradient of LoRA in attention by the dense route and by low-rank factors, and the norm where these fail."""
    n, d, degree, tau = p["n"], p["d"], p["degree"], p["norm"]
    head = Head(p)
    count = comb(d + degree, degree)
    out = {
        "features": count,
        "flops.exact": 12 * n * n * d,
        "flops.lowrank": 2 * n * count * d * (4 * d + 7),
        "score.max": head.scale(tau) ** 2 * head.largest,
    }
    chain = head.chain(tau, degree)
    if chain:
        out["loss.lowrank"] = chain[0]
    if n > 4096:
        return out
    exact = {at: head.dense(at) for at in (tau, 0.2, 0.6, 0.8, 1)}
    out["loss.exact"] = exact[tau][0]

    def error(at, g):
        """error.grad of the dense Taylor formula; infinite where a row has no sum."""
        taylor = head.dense(at, g)
        return distance(head.adapters(taylor[1]), head.adapters(exact[at][1])) if taylor else np.inf

    if chain:
        for name, got, want in zip("qkv", chain[1], exact[tau][1]):
            out[f"error.{name}"] = distance(got, want)
        out["error.grad"] = within(
            distance(head.adapters(chain[1]), head.adapters(exact[tau][1])), floor=5e-7
        )
        taylor = head.dense(tau, degree)
        if taylor:
            out["error.chain"] = rounding(distance(head.adapters(chain[1]), head.adapters(taylor[1])), 1e-3)
    for at in (0.2, 0.6, 0.8, 1):
        found = error(at, degree)
        if found < np.inf:
            out[f"error.at.{at}"] = found
    for name, at in (("needed", tau), ("threshold", 1)):
        g = next((g for g in range(1, 25) if error(at, g) <= p["tolerance"]), 25)
        out[f"degree.{name}"], out[f"features.{name}"] = g, comb(d + g, g)
    return out
