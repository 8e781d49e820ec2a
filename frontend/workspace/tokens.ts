/** The parts a text is compared by, as `workspace/task_types/response_editing/tokens.py` cuts it. */
import { UNSPACED } from "./words.ts";

const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const SIGNS =
  "!-\\/:-@\\[-\\^`\\{-~\\xa1-\\xa9\\xab-\\xb1\\xb4\\xb6-\\xb8\\xbb\\xbf\\xd7\\xf7\\u2010-\\u2027\\u2030-\\u205e" +
  "\\u3001-\\u3003\\u3008-\\u3020\\u3030\\uff01-\\uff0f\\uff1a-\\uff20\\uff3b-\\uff40\\uff5b-\\uff65";
const LETTERS = `[^${SPACE}${SIGNS}${UNSPACED}]+`;
const BREAK = `[\\r\\n][${SPACE}]*`;
export const WORDS = new RegExp(`(${BREAK})|([${SIGNS}])|[${UNSPACED}]|${LETTERS}(?:['’.,\\-]${LETTERS})*`, "gu");
export const LINES = new RegExp(`(${BREAK})|()[^\\r\\n]+`, "gu");

/** Places are code points of the text, never the browser's own units. */
export interface Token {
  key: string;
  start: number;
  end: number;
  isSign: boolean;
}

/** The parts of a text; white space inside a line only says whether two parts are apart. */
export function split(text: string, pattern: RegExp = WORDS): Token[] {
  const found: Token[] = [];
  const places = new Places(text);
  let apartFrom = -1;
  for (const match of text.matchAll(pattern)) {
    const [whole, broken, sign] = match;
    const [start, end] = [places.at(match.index), places.at(match.index + whole.length)];
    if (broken) {
      found.push({ key: whole.replace(/\r\n?/g, "\n"), start, end, isSign: false });
      apartFrom = -1;
      continue;
    }
    found.push({ key: (start === apartFrom ? "" : " ") + whole, start, end, isSign: Boolean(sign) });
    apartFrom = end;
  }
  return found;
}

/** From units of UTF-16 to code points, for places that only go forward. */
class Places {
  private readonly text: string;
  private unit = 0;
  private point = 0;

  constructor(text: string) {
    this.text = text;
  }

  at(unit: number): number {
    while (this.unit < unit) {
      this.unit += (this.text.codePointAt(this.unit) ?? 0) > 0xffff ? 2 : 1;
      this.point += 1;
    }
    return this.point;
  }
}

/** Where code points stand in units of UTF-16: what a text box selects by. */
export function unitsOf(text: string, points: readonly number[]): number[] {
  const wanted = new Set(points);
  const found = new Map<number, number>();
  let [unit, point] = [0, 0];
  for (const letter of text) {
    if (wanted.has(point)) found.set(point, unit);
    unit += letter.length;
    point += 1;
  }
  return points.map((place) => found.get(place) ?? unit);
}
