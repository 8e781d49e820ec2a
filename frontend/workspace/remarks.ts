/** What an expert says about changes, and how it stays with them while the text goes on changing. */
import type { Change } from "./difference.ts";

export interface Remark {
  tags: string[];
  source: string;
  note: string;
}

/** A remark and the stretch of the original it speaks of: that side stays still while somebody types. */
export interface Placed {
  a: readonly [number, number];
  remark: Remark;
}

export const silent = (): Remark => ({ tags: [], source: "", note: "" });
export const isSilent = ({ tags, source, note }: Remark): boolean => !tags.length && !source && !note;

const key = (a: readonly [number, number]): string => a.join("-");
const meet = (one: readonly [number, number], other: readonly [number, number]): boolean => one[0] <= other[1] && other[0] <= one[1];

/** Remembers every remark by its place: a change that comes back (by undo) gets its own again. */
export class Remarks {
  private readonly kept = new Map<string, Remark>();

  /** The remark of each change: its own, that of changes it has grown over, or what was said there before. */
  carry(changes: readonly Pick<Change, "a">[], before: readonly Placed[]): Remark[] {
    for (const { a, remark } of before) {
      if (isSilent(remark)) this.kept.delete(key(a));
      else this.kept.set(key(a), remark);
    }
    const standing = new Set(changes.map(({ a }) => key(a)));
    const strays = before.filter(({ a }) => !standing.has(key(a)));
    return changes.map(({ a }) => {
      const own = before.find((placed) => key(placed.a) === key(a));
      if (own) return own.remark;
      const near = strays.filter((placed) => meet(placed.a, a) && !isSilent(placed.remark));
      return near.length ? near.map(({ remark }) => remark).reduce(together) : (this.kept.get(key(a)) ?? silent());
    });
  }
}

const together = (one: Remark, other: Remark): Remark => ({
  tags: [...new Set([...one.tags, ...other.tags])],
  source: one.source || other.source,
  note: one.note || other.note,
});
