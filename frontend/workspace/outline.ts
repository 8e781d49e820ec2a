/** Steps of one's own in their order, some of them parts of others: pure, so that every move can be tested. */
export interface Row {
  /** Stays the same while the row moves. */
  readonly key: number;
  /** The key of the row it is a part of, always an earlier one. */
  readonly parent: number | null;
}

export type Rows = readonly Row[];

const at = (rows: Rows, key: number): number => rows.findIndex((row) => row.key === key);
const find = (rows: Rows, key: number | null): Row | undefined => rows.find((row) => row.key === key);

/** The rows with parents that come before their parts; a part whose step came behind it stands alone. */
function sound(rows: Rows): Rows {
  return rows.map((row, index) => {
    const parent = row.parent === null ? -1 : at(rows, row.parent);
    return row.parent === null || (parent >= 0 && parent < index) ? row : { ...row, parent: null };
  });
}

/** A new row behind this one, a part of the same step; behind the last one when there is no such row. */
export function insert(rows: Rows, after: number, key: number): Rows {
  const place = at(rows, after) + 1 || rows.length;
  const parent = find(rows, after)?.parent ?? null;
  return [...rows.slice(0, place), { key, parent }, ...rows.slice(place)];
}

/** Without this row; its parts become parts of what it was a part of. */
export function remove(rows: Rows, key: number): Rows {
  const gone = find(rows, key);
  if (!gone) return rows;
  return rows.filter((row) => row !== gone).map((row) => (row.parent === key ? { ...row, parent: gone.parent } : row));
}

/** One place up (-1) or down (1); the same rows where there is no such place. */
export function move(rows: Rows, key: number, by: -1 | 1): Rows {
  const place = at(rows, key);
  const [row, other] = [rows[place], rows[place + by]];
  if (!row || !other) return rows;
  const moved = [...rows];
  moved[place] = other;
  moved[place + by] = row;
  return sound(moved);
}

/** A part of the nearest row before it that is on its own level; the same rows where there is none. */
export function partOf(rows: Rows, key: number): Rows {
  const row = find(rows, key);
  const before = rows.slice(0, at(rows, key)).filter((one) => one.parent === row?.parent).at(-1);
  if (!row || !before) return rows;
  return rows.map((one) => (one === row ? { ...row, parent: before.key } : one));
}

/** One level out; the same rows where it stands alone already. */
export function takeOut(rows: Rows, key: number): Rows {
  const row = find(rows, key);
  const parent = find(rows, row?.parent ?? null);
  if (!row || !parent) return rows;
  return rows.map((one) => (one === row ? { ...row, parent: parent.parent } : one));
}

/** How deep a row stands: 0 for a step, 1 for a part of it, and so on. */
export function depth(rows: Rows, row: Row): number {
  const parent = find(rows, row.parent);
  return parent ? depth(rows, parent) + 1 : 0;
}

/** Numbers from 1 for these keys in their order, with the number of the step each is a part of. */
export function numbered(rows: Rows, keys: ReadonlySet<number>): { key: number; id: number; parent: number | null }[] {
  const kept = rows.reduce<Rows>((left, row) => (keys.has(row.key) ? left : remove(left, row.key)), rows);
  return kept.map(({ key, parent }, index) => ({ key, id: index + 1, parent: parent === null ? null : at(kept, parent) + 1 }));
}

/** Rows with these keys; `parents` are the numbers (from 1) of the rows they are parts of. */
export function start(keys: readonly number[], parents: readonly (number | null)[]): Rows {
  return sound(keys.map((key, index) => ({ key, parent: keys[(parents[index] ?? 0) - 1] ?? null })));
}
