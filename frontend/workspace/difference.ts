/** The word difference as the browser previews it; the server's is of record and finds the same changes. */
import { diffArrays } from "diff";
import { LINES, split, unitsOf, WORDS, type Token } from "./tokens.ts";
import { countWords } from "./words.ts";

type Range = [number, number];

/** `a` in the original became `b` in the edited text: half open, in code points. */
export interface Change {
  op: "replace" | "insert" | "delete";
  a: Range;
  b: Range;
}

/** A change with its words. */
export interface Shown extends Change {
  gone: string;
  fresh: string;
}

export interface Tally {
  added: number;
  removed: number;
  kept: number;
}

const MOST_STEPS = 800;
const MOST_PARTS = 20_000;

/** Every change in order; by words, by lines when too much differs, else the whole is one. */
export function changes(original: string, edited: string): Shown[] {
  let [old, fresh]: [Token[], Token[]] = [[], []];
  let found: [Range, Range][] | null = null;
  for (const pattern of [WORDS, LINES]) {
    [old, fresh] = [split(original, pattern), split(edited, pattern)];
    found = gaps(old.map((token) => token.key), fresh.map((token) => token.key));
    if (found) break;
  }
  found ??= [[[0, old.length], [0, fresh.length]]];
  const all = joined(settled(found, old, fresh), old).map(([a, b]) => change(a, b, old, fresh));
  const [before, after] = [cuts(original, all.flatMap(({ a }) => a)), cuts(edited, all.flatMap(({ b }) => b))];
  return all.map((one, index) => ({ ...one, gone: before[index] ?? "", fresh: after[index] ?? "" }));
}

/** The words between every two places. */
function cuts(text: string, places: number[]): string[] {
  const units = unitsOf(text, places);
  return units.flatMap((unit, index) => (index % 2 ? [] : [text.slice(unit, units[index + 1])]));
}

/** What lies between the runs that both have, in places of parts; null when too much differs. */
function gaps(old: string[], fresh: string[]): [Range, Range][] | null {
  const most = Math.min(old.length, fresh.length);
  let [head, tail] = [0, 0];
  while (head < most && old[head] === fresh[head]) head += 1;
  while (tail < most - head && old.at(-1 - tail) === fresh.at(-1 - tail)) tail += 1;
  const [inner, other] = [old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail)];
  if (!inner.length && !other.length) return [];
  if (!inner.length || !other.length) return [[[head, head + inner.length], [head, head + other.length]]];
  if (inner.length + other.length > MOST_PARTS) return null;
  const parts = diffArrays(inner, other, { maxEditLength: MOST_STEPS });
  return parts ? apart(parts, head) : null;
}

function apart(parts: { added: boolean; removed: boolean; count: number }[], head: number): [Range, Range][] {
  const found: [Range, Range][] = [];
  let [a, b, open] = [head, head, false];
  for (const { added, removed, count } of parts) {
    const last = found.at(-1);
    const [nextA, nextB] = [added ? a : a + count, removed ? b : b + count];
    if (!added && !removed) open = false;
    else if (open && last) [last[0][1], last[1][1]] = [nextA, nextB];
    else {
      found.push([[a, nextA], [b, nextB]]);
      open = true;
    }
    [a, b] = [nextA, nextB];
  }
  return found;
}

/** A sentence put in or taken out has its own full stop, not that of the sentence before. */
function settled(found: [Range, Range][], old: Token[], fresh: Token[]): [Range, Range][] {
  return found.map(([a, b], index) => {
    const [nextA, nextB] = found[index + 1] ?? [[old.length + 1], [fresh.length + 1]];
    let by = 0;
    if (a[0] === a[1]) by = steps(b, fresh, nextB[0] - 1);
    else if (b[0] === b[1]) by = steps(a, old, nextA[0] - 1);
    return [[a[0] + by, a[1] + by], [b[0] + by, b[1] + by]];
  });
}

/** How far a stretch can move on while it begins with the sign that stands behind it. */
function steps([start, after]: Range, tokens: Token[], end: number): number {
  let by = 0;
  while (after + by < end && tokens[start + by]?.isSign && tokens[start + by]?.key === tokens[after + by]?.key) by += 1;
  return by;
}

/** Changes with nothing but punctuation between them are one change. */
function joined(found: [Range, Range][], old: Token[]): [Range, Range][] {
  const all: [Range, Range][] = [];
  for (const [a, b] of found) {
    const last = all.at(-1);
    if (last && old.slice(last[0][1], a[0]).every((token) => token.isSign)) [last[0][1], last[1][1]] = [a[1], b[1]];
    else all.push([[...a], [...b]]);
  }
  return all;
}

const span = ([from, to]: Range, tokens: Token[]): Range => [tokens[from]?.start ?? 0, tokens[to - 1]?.end ?? 0];

function change(a: Range, b: Range, old: Token[], fresh: Token[]): Change {
  if (a[0] < a[1] && b[0] < b[1]) return { op: "replace", a: span(a, old), b: span(b, fresh) };
  if (b[0] < b[1]) {
    const [there, here] = alone(b, fresh, a[0], old);
    return { op: "insert", a: here, b: there };
  }
  const [there, here] = alone(a, old, b[0], fresh);
  return { op: "delete", a: there, b: here };
}

/** Parts that only one side has take the space before them along, at the start of a text the one after. */
function alone(range: Range, tokens: Token[], at: number, others: Token[]): [Range, Range] {
  const [start, end] = span(range, tokens);
  if (range[0]) {
    const point = others[at - 1]?.end ?? 0;
    return [[tokens[range[0] - 1]?.end ?? start, end], [point, point]];
  }
  const point = others[at]?.start ?? 0;
  return [[start, tokens[range[1]]?.start ?? end], [point, point]];
}

/** Words put in and taken out, and the share of the original that is still there. */
export function tally(original: string, all: Shown[]): Tally {
  const total = countWords(original);
  const added = all.reduce((sum, { fresh }) => sum + countWords(fresh), 0);
  const removed = all.reduce((sum, { gone }) => sum + countWords(gone), 0);
  return { added, removed, kept: total ? 100 - Math.min(100, Math.floor((removed * 100) / total)) : 100 };
}
