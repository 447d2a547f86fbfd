# The same decomposition of a matrix that is larger than one machine: dask.array.linalg.svd_compressed is the
# randomized SVD with power iterations. Give it any chunked array (zarr, hdf5, npy stack) in place of `a`.
import dask.array as da
import numpy as np


def experiment(p, a):
    k, width = p["rank"], p["rank"] + p["oversample"]
    u, s, vt = da.linalg.svd_compressed(
        a, k=k, n_oversamples=p["oversample"], n_power_iter=p["power"], seed=da.random.RandomState(p["seed"])
    )
    residual = a - (u * s) @ vt
    error = da.sqrt((residual**2).sum()) / da.sqrt((a**2).sum())
    s, error = da.compute(s, error)
    print(
        f"sketch width {width}; relative error at rank {k}: {error:.6g}; sigma_1 {s[0]:.6g}, sigma_k {s[-1]:.6g}"
    )
    return {"error.rsvd": float(error)}


if __name__ == "__main__":
    import sys

    if len(sys.argv) > 1:
        side = int(sys.argv[2]) if len(sys.argv) > 2 else 4096  # rows and columns of a chunk
        array = da.from_array(np.load(sys.argv[1], mmap_mode="r"), chunks=(side, side))
    else:
        # 100,000 x 20,000 with a decaying spectrum, in chunks of 10,000 x 2,000: 16 GB that never stand in memory.
        rows, cols, rank = 100_000, 20_000, 200
        left = da.random.RandomState(0).normal(size=(rows, rank), chunks=(10_000, rank))
        right = da.random.RandomState(1).normal(size=(rank, cols), chunks=(rank, 2_000))
        array = (left * np.exp(-0.05 * np.arange(rank))) @ right
    experiment(PARAMETERS, array)
