#! use network
def experiment(p, data=None):
    """LoRA beside full fine-tuning."""
    seed, lr, steps, size, r, scale = p["seed"], p["lr"], p["steps"], p["batch"], p["rank"], p["scale"]
    net = Network(
        seed,
        alpha=p["alpha"],
        correlation=p["correlation"],
        shift=p["shift"],
        targetRank=p["targetRank"],
        noise=p["noise"],
    )
    full = [w.copy() for w in net.weights]
    adam = Adam(full, lr)
    for step in range(steps):
        adam.step(net.gradients(full, step, size))

    a = [f32(normals(seed, 20 + i, r, w.shape[1]) / np.sqrt(w.shape[1])) for i, w in enumerate(net.weights)]
    b = [np.zeros((w.shape[0], r)) for w in net.weights]
    merged = lambda: [w + scale * bi @ ai for w, bi, ai in zip(net.weights, b, a)]
    adam = Adam(b + a, lr)
    for step in range(steps):
        g = net.gradients(merged(), step, size)
        adam.step([scale * gi @ ai.T for gi, ai in zip(g, a)] + [scale * bi.T @ gi for gi, bi in zip(g, b)])
    return {
        "loss.frozen": net.loss(net.weights),
        "loss.full": net.loss(full),
        "loss.lora": net.loss(merged()),
        "params.full": sum(w.size for w in full),
        "params.lora": sum(x.size for x in a + b),
    }
