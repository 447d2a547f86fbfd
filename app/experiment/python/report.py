# ---- run, and compare with what the page showed ----
def compare(found):
    """Rows (metric, here, on the page or None, how they are compared, whether they agree)."""
    rows = []
    for key, value in found.items():
        shown, bound = EXPECTED.get(key), getattr(value, "bound", None)
        tolerance, floor = getattr(value, "tolerance", 1e-3), getattr(value, "floor", 0.0)
        if key.startswith(("error.", "matrix.")):
            floor = max(floor, 1e-6)
        if shown is None:
            rows.append((key, float(value), None, "", True))
        elif bound is not None:
            rows.append(
                (
                    key,
                    float(value),
                    shown,
                    f"rounding, at most {bound:.1e}",
                    bool(max(abs(value), abs(shown)) <= bound),
                )
            )
        else:
            away, size = float(abs(value - shown)), abs(shown) or 1.0
            may = tolerance + floor / size
            rows.append(
                (
                    key,
                    float(value),
                    shown,
                    f"{away / size:.1e} of at most {may:.0e}",
                    bool(away <= may * size),
                )
            )
    return rows


def main():
    data = np.load(sys.argv[1]) if len(sys.argv) > 1 else None
    rows = compare(experiment(PARAMETERS, data))
    print(f"{'metric':28} {'this script':>14} {'the page':>14}  difference")
    for key, value, shown, how, agrees in rows:
        page = "" if shown is None else format(shown, ".6g")
        print(f"{key:28} {value:14.6g} {page:>14}  {how}{'' if agrees else '  DIFFERS'}")
    wrong = [key for key, _, _, _, agrees in rows if not agrees]
    compared = sum(shown is not None for _, _, shown, _, _ in rows)
    if compared:
        print(f"{compared - len(wrong)} of {compared} figures agree.")
    return rows


if __name__ == "__main__":
    main()
