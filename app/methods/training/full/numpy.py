#! use network
def experiment(p, data=None):
    """Full fine-tuning: every weight trained by Adam."""
    net = Network(
        p["seed"],
        alpha=p["alpha"],
        correlation=p["correlation"],
        shift=p["shift"],
        targetRank=p["targetRank"],
        noise=p["noise"],
    )
    weights = [w.copy() for w in net.weights]
    adam = Adam(weights, p["lr"])
    for step in range(p["steps"]):
        adam.step(net.gradients(weights, step, p["batch"]))
    return {
        "loss.frozen": net.loss(net.weights),
        "loss.full": net.loss(weights),
        "params.full": sum(w.size for w in weights),
    }
