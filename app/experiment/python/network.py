#! use matrix
# ---- the network testbed ----
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

    def __init__(
        self, seed, widths=(64, 128, 128, 32), alpha=0.5, correlation=0.5, shift=0.5, targetRank=8, noise=0.0
    ):
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
    return [
        f32(1.4 * normals(seed, first + i, m, n) / np.sqrt(n))
        for i, (n, m) in enumerate(zip(widths, widths[1:]))
    ]


def widths_of(text):
    return tuple(int(w) for w in text.split("-"))
