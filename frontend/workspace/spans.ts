/**
 * Places in a text. The server counts Unicode code points of the text as it is kept; strings here count UTF-16 units.
 * `Text` is the one place where the two meet; everything else on the screen counts code points.
 */
export type Range = readonly [start: number, end: number];

export interface Placed {
  start: number;
  end: number;
}

/** Characters drawn one way: `flags` cover them, `begins` of those start here (positions in the list of flags). */
export interface Piece {
  at: number;
  end: number;
  text: string;
  flags: number[];
  begins: number[];
  unseen: boolean;
}

export interface Block {
  sentence: number | null;
  pieces: Piece[];
}

const AROUND = 32;
// what the eye does not see but a model reads; joiners stay: Persian, Indic scripts and emoji need them
const UNSEEN = /[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/u;

export class Text {
  readonly raw: string;
  /** The unit at which each code point starts, and the end. */
  private readonly starts: number[];

  constructor(raw: string) {
    this.raw = raw;
    this.starts = [];
    for (let unit = 0; unit < raw.length; unit += (raw.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1) this.starts.push(unit);
    this.starts.push(raw.length);
  }

  /** How many code points there are. */
  get length(): number {
    return this.starts.length - 1;
  }

  /** Code points to units. */
  unit(point: number): number {
    return this.starts[Math.max(0, Math.min(point, this.length))] ?? 0;
  }

  /** Units to code points; a unit inside of a character means the character. */
  point(unit: number): number {
    let [low, high] = [0, this.length];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.starts[middle] ?? 0) <= unit) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  slice(start: number, end: number): string {
    return this.raw.slice(this.unit(start), this.unit(end));
  }

  /** Up to 32 characters before and after, to find the place again. */
  around({ start, end }: Placed): { prefix: string; suffix: string } {
    return { prefix: this.slice(Math.max(0, start - AROUND), start), suffix: this.slice(end, end + AROUND) };
  }

  /** The words, numbers included, wherever a script puts its borders. */
  words(): Range[] {
    return this.segments("word").flatMap(([start, end, likeWord]) => (likeWord ? [[start, end] as const] : []));
  }

  /** What a reader sees as one letter: accents, flags and joined emoji stay whole. */
  letters(): Range[] {
    return this.segments("grapheme").map(([start, end]) => [start, end] as const);
  }

  private segments(granularity: "word" | "grapheme"): [number, number, boolean][] {
    return [...new Intl.Segmenter(undefined, { granularity }).segment(this.raw)].map(
      ({ segment, index, isWordLike }) => [this.point(index), this.point(index + segment.length), isWordLike === true],
    );
  }
}

/** The range without white space at its ends, then grown to whole parts (words or letters); null when nothing is left. */
export function snapped(text: Text, parts: readonly Range[], from: number, to: number): Range | null {
  let [start, end] = [Math.max(0, Math.min(from, to)), Math.min(text.length, Math.max(from, to))];
  while (start < end && !text.slice(start, start + 1).trim()) start += 1;
  while (start < end && !text.slice(end - 1, end).trim()) end -= 1;
  if (start >= end) return null;
  const first = parts.find(([, stop]) => stop > start);
  const last = parts.findLast(([begin]) => begin < end);
  return [first && first[0] < start ? first[0] : start, last && last[1] > end ? last[1] : end];
}

/** The part next to a range: `by` 1 the first that begins at its end or later, -1 the last that ends at its start. */
export function beside(parts: readonly Range[], { start, end }: Placed, by: 1 | -1): Range | null {
  const found = by > 0 ? parts.find(([begin]) => begin >= end) : parts.findLast(([, stop]) => stop <= start);
  return found ?? null;
}

/** The range with one edge moved by a part; the other edge stays, and something always stays chosen. */
export function stretched(parts: readonly Range[], range: Range, edge: "start" | "end", by: 1 | -1): Range {
  const [start, end] = range;
  if (edge === "end") {
    const stop = by > 0 ? parts.find(([, to]) => to > end)?.[1] : parts.findLast(([from, to]) => to < end && to > start && from < end)?.[1];
    return stop === undefined ? range : [start, stop];
  }
  const begin = by < 0 ? parts.findLast(([from]) => from < start)?.[0] : parts.find(([from]) => from > start && from < end)?.[0];
  return begin === undefined ? range : [begin, end];
}

/** The sentence at a place, else the nearest one before it; -1 without sentences. */
export function sentenceAt(sentences: readonly Range[], point: number): number {
  const found = sentences.findLastIndex(([start]) => start <= point);
  return found < 0 && sentences.length ? 0 : found;
}

/** Whether something is flagged in a sentence. */
export function flaggedIn([start, end]: Range, flags: readonly Placed[]): boolean {
  return flags.some((flag) => flag.end > flag.start && flag.start < end && start < flag.end);
}

/** Sentences nobody has ticked or flagged anything in. */
export function open(sentences: readonly Range[], checked: readonly number[], flags: readonly Placed[]): number[] {
  return sentences.flatMap((range, number) => (checked.includes(number) || flaggedIn(range, flags) ? [] : [number]));
}

/** The whole text in order, cut where sentences, flags and unseen characters begin and end. */
export function blocks(text: Text, sentences: readonly Range[], flags: readonly Placed[]): Block[] {
  const found: Block[] = [];
  let at = 0;
  const add = (sentence: number | null, start: number, end: number): void => {
    if (start < end) found.push({ sentence, pieces: pieces(text, start, end, flags) });
    at = end;
  };
  sentences.forEach(([start, end], number) => {
    add(null, at, start);
    add(number, start, end);
  });
  add(null, at, text.length);
  return found;
}

function pieces(text: Text, start: number, end: number, flags: readonly Placed[]): Piece[] {
  const hidden = new Set<number>();
  let point = start;
  for (const letter of text.slice(start, end)) {
    if (UNSEEN.test(letter)) hidden.add(point);
    point += 1;
  }
  const cuts = new Set([start, end]);
  for (const one of hidden) cuts.add(one).add(one + 1);
  for (const flag of flags) for (const cut of [flag.start, flag.end]) if (start < cut && cut < end) cuts.add(cut);
  const sorted = [...cuts].sort((one, other) => one - other);
  return sorted.slice(0, -1).map((from, index) => {
    const to = sorted[index + 1] ?? end;
    const over = flags.flatMap((flag, number) => (flag.start <= from && to <= flag.end ? [number] : []));
    return {
      at: from,
      end: to,
      text: hidden.has(from) ? shown(text.slice(from, from + 2)) : text.slice(from, to),
      flags: over,
      begins: over.filter((number) => flags[number]?.start === from),
      unseen: hidden.has(from),
    };
  });
}

/** What stands for a character nobody can see; the first half of a line end needs nothing. */
function shown(raw: string): string {
  if (raw === "\r\n") return "";
  return `⟨U+${(raw.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
