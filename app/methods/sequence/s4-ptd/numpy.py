#! use sequence
from math import comb, log10


def legs_response(w, n):
    """S4 in closed form on s = i w: R_n = sqrt(2n+1) r_n, r_0 = 1 / (s + 1), r_n = r_{n-1} (s - n + 1) / (s + n + 1)."""
    s, k = 1j * w[:, None], np.arange(1, n)
    ratios = np.hstack([1 / (s + 1), (s - k + 1) / (s + k + 1)])
    return np.cumprod(ratios, axis=1) * np.sqrt(2 * np.arange(n) + 1)


def companion(w, n):
    """T(s) = prod_k (s - k) / (s + k + 1) on s = i w, with R_D = R / (1 + T)."""
    s, k = 1j * w[:, None], np.arange(n)
    return np.prod((s - k) / (s + k + 1), axis=1)


def diagonal_response(w, poles, b, basis):
    """V (b / (s - lam)) on s = i w: frequencies x N."""
    return (b / (1j * w[:, None] - poles)) @ basis.T


def grid_of(spikes, points):
    """`points` frequencies evenly in log from 0.1 to twice the largest spike, then all spikes."""
    return np.concatenate([np.geomspace(0.1, 2 * spikes.max(), points), spikes])


def perturbed(n, eps, direction):
    """A + E = W diag(mu) W^-1 with E = G eps ||A|| / ||G||: mu, W, W^-1 B, kappa_F, backward error."""
    a, b = legs(n)
    e = direction * (eps * np.linalg.norm(a, 2) / np.linalg.norm(direction, 2))
    mu, w = np.linalg.eig(a + e)
    inverse = np.linalg.inv(w)
    kappa = np.linalg.norm(w) * np.linalg.norm(inverse)
    backward = np.linalg.norm((w * mu) @ inverse - a - e) / np.linalg.norm(a)
    return mu, w, inverse @ b, kappa, backward


def outputs(poles, b, c, dt, u):
    """Re(C x) of a diagonal system under the bilinear rule, from zero."""
    with np.errstate(all="ignore"):  # too large a perturbation is unstable, and its states overflow
        states = diagonal_states(
            (1 + dt / 2 * poles) / (1 - dt / 2 * poles), dt * b / (1 - dt / 2 * poles), u
        )
        return (states @ c).real


def experiment(p, data=None):
    """S4 by diagonal systems: dropping its low-rank part against perturbing it first, over frequency and in time."""
    n, dt, seed, points = p["state"], p["dt"], p["seed"], p["points"]
    out = {}
    for suffix, states in (("", n), (".quarter", n // 4)):
        lam, v, _ = normal_part(states)
        b = v.conj().T @ legs(states)[1] / 2
        # The last frequency is not of the grid.
        w = np.append(grid_of(lam.imag[lam.imag > 0], points), p["omega"])
        exact, diagonal = legs_response(w, states), diagonal_response(w, lam, b, v)
        away = np.linalg.norm(diagonal - exact, axis=1)
        out[f"sup.s4d{suffix}"], out[f"low.s4d{suffix}"] = away[:-1].max(), away[-1]
        if not suffix:
            grid, reference, spikes = w[:-1], exact[:-1], np.sort(lam.imag[lam.imag > 0])[::-1]
            ratio = exact[:-1] / (1 + companion(grid, n))[:, None]
            sizes = np.linalg.norm(diagonal[:-1], axis=1)
            out["identity.ratio"] = rounding(
                (np.linalg.norm(diagonal[:-1] - ratio, axis=1) / sizes).max(), 1e-2
            )
            norm = np.linalg.norm(reference, axis=1) * np.sqrt(grid**2 + n**2) / n
            out["identity.norm"] = rounding(np.abs(norm - 1).max(), 1e-3)
            s4d = lam, b, v

    tried = [(draw, f32(normals(seed, draw, n, n))) for draw in range(p["draws"])]
    draw, direction = min(tried, key=lambda one: perturbed(n, p["eps"], one[1])[3])
    size = p["eps"] * np.linalg.norm(legs(n)[0], 2)
    mu, basis, inputs, kappa, backward = perturbed(n, p["eps"], direction)
    fine = perturbed(n, p["eps"] / 10, direction)
    sup = lambda poles, w, b: np.linalg.norm(diagonal_response(grid, poles, b, w) - reference, axis=1).max()
    noise = 2.0**-25 * kappa  # what float32 does to sums of W's columns on the page
    out |= {
        "perturbation": size,
        "bound.ptd": (2 * np.log(n) + 4) * size,
        "sup.ptd": within(sup(mu, basis, inputs), floor=noise),
        "sup.ptd.tenth": within(sup(*fine[:3]), floor=2.0**-25 * fine[3]),
        "kappa.ptd": kappa,
        "kappa.ptd.tenth": fine[3],
        "pole.real": mu.real.max(),
        "identity.backward": rounding(backward, max(1e-8, 2e-14 * kappa)),
        "log10.eigenvectors": max(
            log10(comb(i + j, i - j)) + log10(2 * i + 1) / 2 for i in range(n) for j in range(i + 1)
        ),
    }

    u = signal_of(p, data, 11)
    c = f32(normals(seed, 10, n) / np.sqrt(n))
    ab, bb = bilinear(*legs(n), dt)
    between = np.sqrt(spikes[p["spike"]] * spikes[p["spike"] + 1])
    for name, w in (("clean", None), ("spike", spikes[p["spike"]]), ("off", between)):
        signal = u
        if w is not None:  # the bilinear rule maps theta to w = (2 / dt) tan(theta / 2)
            theta = 2 * np.arctan(w * dt / 2)
            signal = f32(u + p["amplitude"] * np.sqrt(2) * np.cos(theta * np.arange(len(u))))
        want = dense_states(ab, bb, signal) @ c
        lam, b, v = s4d
        out[f"error.s4d.{name}"] = distance(outputs(lam, b, c @ v, dt, signal), want)
        out[f"error.ptd.{name}"] = within(
            distance(outputs(mu, inputs, c @ basis, dt, signal), want), floor=noise
        )
    return out
