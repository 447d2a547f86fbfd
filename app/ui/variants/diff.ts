/** Two texts line by line: the longest common subsequence keeps its lines side by side (Hunt, McIlroy 1976). */

export interface DiffRow {
  left: string | null;
  right: string | null;
  same: boolean;
}

export function diffLines(a: readonly string[], b: readonly string[]): DiffRow[] {
  // common[i][j]: longest common subsequence of a from i and b from j.
  const common = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i][j] = a[i] === b[j] ? common[i + 1][j + 1] + 1 : Math.max(common[i + 1][j], common[i][j + 1]);
    }
  }
  const rows: DiffRow[] = [];
  // What is only in one of them, gathered until a common line comes, stands side by side.
  let [left, right]: [string[], string[]] = [[], []];
  const flush = () => {
    for (let i = 0; i < Math.max(left.length, right.length); i++) {
      rows.push({ left: left[i] ?? null, right: right[i] ?? null, same: false });
    }
    [left, right] = [[], []];
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      flush();
      rows.push({ left: a[i++], right: b[j++], same: true });
    } else if (j >= b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) left.push(a[i++]);
    else right.push(b[j++]);
  }
  flush();
  return rows;
}
