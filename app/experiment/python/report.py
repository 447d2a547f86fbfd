# ---- run, and compare with what the page showed ----
def main():
    data = np.load(sys.argv[1]) if len(sys.argv) > 1 else None
    found = experiment(PARAMETERS, data)
    print(f"{'metric':28} {'this script':>14} {'the page':>14} {'difference':>11}")
    for key, value in found.items():
        shown = EXPECTED.get(key)
        away = "" if shown is None else f"{abs(value - shown) / max(abs(shown), 1e-300):10.1e}"
        print(f"{key:28} {value:14.6g} {'' if shown is None else format(shown, '14.6g'):>14} {away:>11}")
    return found


if __name__ == "__main__":
    main()
