# ---- what the experiments share: random numbers, test matrices, the network testbed (float64) ----
import sys

import numpy as np


def threefry(seed, stream, index):
    """Threefry-2x32 with 20 rounds (Salmon et al. 2011): two 32-bit words for each index."""
    rotations = ((13, 15, 26, 6), (17, 29, 16, 24))
    keys = [np.uint32(seed), np.uint32(stream)]
    keys.append(keys[0] ^ keys[1] ^ np.uint32(0x1BD11BDA))
    x0 = np.asarray(index, dtype=np.uint32) + keys[0]
    x1 = np.zeros_like(x0) + keys[1]
    for block in range(5):
        for r in rotations[block % 2]:
            x0 = x0 + x1
            x1 = (x1 << np.uint32(r)) | (x1 >> np.uint32(32 - r))
            x1 = x1 ^ x0
        x0 = x0 + keys[(block + 1) % 3]
        x1 = x1 + keys[(block + 2) % 3] + np.uint32(block + 1)
    return x0, x1


def _uniform(words):
    return ((words >> np.uint32(8)).astype(np.float64) + 0.5) * 2.0**-24


def uniforms(seed, stream, *shape):
    """Uniforms in (0, 1), row-major."""
    return _uniform(threefry(seed, stream, np.arange(int(np.prod(shape))))[0]).reshape(shape)


def normals(seed, stream, *shape):
    """Standard normals by Box-Muller, one for each index, row-major."""
    w0, w1 = threefry(seed, stream, np.arange(int(np.prod(shape))))
    return (np.sqrt(-2 * np.log(_uniform(w0))) * np.cos(2 * np.pi * _uniform(w1))).reshape(shape)


def integers(seed, stream, count, n):
    return np.floor(uniforms(seed, stream, count) * n).astype(np.int64)


def permutation(seed, stream, n):
    return np.argsort(uniforms(seed, stream, n), kind="stable")


def f32(a):
    """Rounded to float32, as the page's data is; kept in float64 for the arithmetic."""
    return np.asarray(a).astype(np.float32).astype(np.float64)


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


def gelu(x):
    return 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3)))


def gelu_slope(x):
    t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * x**2)


def forward(weights, x):
    """Outputs of a network of linear layers with GELU between, and what backward needs."""
    inputs, sums = [], []
    for i, w in enumerate(weights):
        inputs.append(x)
        z = x @ w.T
        sums.append(z)
        x = gelu(z) if i < len(weights) - 1 else z
    return x, inputs, sums


def backward(weights, inputs, sums, dz):
    """dL/dW of every layer from dL/doutput."""
    grads = [None] * len(weights)
    for i in range(len(weights) - 1, -1, -1):
        grads[i] = dz.T @ inputs[i]
        if i > 0:
            dz = (dz @ weights[i]) * gelu_slope(sums[i - 1])
    return grads


class Network:
    """The network testbed: pretrained weights, inputs, the target network's outputs, the order of the batches."""

    TRAIN, EVALUATE, GAIN = 4096, 1024, 1.4

    def __init__(self, seed, widths=(64, 128, 128, 32), alpha=0.5, correlation=0.5, shift=0.5, targetRank=8, noise=0.0):
        self.widths = widths
        exact, targets = [], []
        for i in range(len(widths) - 1):
            n, m = widths[i], widths[i + 1]
            sigma = spectrum("power", min(m, n), alpha=alpha)
            sigma = sigma * self.GAIN * np.sqrt(m) / np.linalg.norm(sigma)
            w, _, _ = test_matrix(seed, m, n, sigma, (2 * i, 2 * i + 1))
            exact.append(w)
            if shift == 0:
                targets.append(w)
                continue
            d = normals(seed, 6 + 2 * i, m, targetRank) @ normals(seed, 7 + 2 * i, targetRank, n)
            targets.append(w + shift * np.linalg.norm(w) / np.linalg.norm(d) * d)
        lam = (np.arange(widths[0]) + 1.0) ** -correlation
        root = np.sqrt(lam / lam.mean())
        x = normals(seed, 12, self.TRAIN, widths[0]) * root
        x_eval = normals(seed, 13, self.EVALUATE, widths[0]) * root
        y, y_eval = forward(targets, x)[0], forward(targets, x_eval)[0]
        if noise > 0:
            y = y + noise * y.std() * normals(seed, 14, *y.shape)
        self.weights, self.targets = [f32(w) for w in exact], [f32(w) for w in targets]
        self.x, self.y, self.x_eval, self.y_eval = f32(x), f32(y), f32(x_eval), f32(y_eval)
        self.scale = np.mean(self.y_eval**2)
        self.order = permutation(seed, 15, self.TRAIN)

    def batch(self, step, size):
        rows = self.order[(step * size + np.arange(size)) % self.TRAIN]
        return self.x[rows], self.y[rows]

    def loss(self, weights):
        """Mean squared error on the evaluation rows over the mean square of the targets."""
        return np.mean((forward(weights, self.x_eval)[0] - self.y_eval) ** 2) / self.scale

    def gradients(self, weights, step, size):
        x, t = self.batch(step, size)
        out, inputs, sums = forward(weights, x)
        return backward(weights, inputs, sums, 2 * (out - t) / (out.size * self.scale))


class Adam:
    """Adam over a list of arrays, in place (b1 0.9, b2 0.999, eps 1e-8); decay is decoupled."""

    def __init__(self, params, lr, decay=0.0):
        self.params, self.lr, self.decay, self.t = params, lr, decay, 0
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]

    def step(self, grads):
        self.t += 1
        for p, g, m, v in zip(self.params, grads, self.m, self.v):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            p *= 1 - self.lr * self.decay
            p -= self.lr * (m / (1 - 0.9**self.t)) / (np.sqrt(v / (1 - 0.999**self.t)) + 1e-8)


def random_weights(seed, widths, first):
    """1.4 N(0, 1) / sqrt(in), layer i on stream first + i."""
    return [f32(1.4 * normals(seed, first + i, m, n) / np.sqrt(n)) for i, (n, m) in enumerate(zip(widths, widths[1:]))]


def widths_of(text):
    return tuple(int(w) for w in text.split("-"))
