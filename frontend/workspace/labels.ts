/** Labels of given steps: pure, so that every rule of what is still to be said can be tested. */
export type Mark = "1" | "0" | "-1" | "unsure" | "";

export interface Label {
  id: number;
  rating: number | null;
  unsure: boolean;
  critique: string | null;
  correction: string | null;
}

export const WRONG = "-1";
export const WORDS: Record<Mark, string> = { "1": "correct", "0": "neutral", "-1": "wrong", unsure: "cannot tell", "": "not marked" };
export const SIGNS: Record<Mark, string> = { "1": "✓", "0": "○", "-1": "✗", unsure: "?", "": "–" };

/** What the value of a control means; anything else is no mark. */
export function markOf(value: string): Mark {
  return value === "1" || value === "0" || value === WRONG || value === "unsure" ? value : "";
}

/** The number of the first step marked as wrong, from 1; null while there is none. */
export function firstError(marks: readonly Mark[]): number | null {
  const at = marks.indexOf(WRONG);
  return at < 0 ? null : at + 1;
}

/** The numbers that still need a label: up to the first error, or all of them. */
export function missing(marks: readonly Mark[], stop: boolean): number[] {
  const last = (stop && firstError(marks)) || marks.length;
  return marks.flatMap((mark, index) => (mark === "" && index < last ? [index + 1] : []));
}

/** The numbers of steps after the first error; none where every step is judged anyway, or one of them has a label. */
export function folded(marks: readonly Mark[], stop: boolean): number[] {
  const error = firstError(marks);
  if (!stop || error === null || marks.slice(error).some((mark) => mark !== "")) return [];
  return marks.slice(error).map((_, index) => error + index + 1);
}

/** One label as the server reads it: "cannot tell" is no rating and says so, a blank remark is none. */
export function said(id: number, mark: Mark, critique: string, correction: string): Label {
  const rating = mark === "" || mark === "unsure" ? null : Number(mark);
  return { id, rating, unsure: mark === "unsure", critique: critique || null, correction: correction || null };
}

/** The mark that an answer gives to a step. */
export function markIn(steps: readonly Partial<Label>[], id: number): Mark {
  const label = steps.find((step) => step.id === id);
  if (typeof label?.rating === "number") return markOf(String(label.rating));
  return label?.unsure === true ? "unsure" : "";
}

/** `Step 1 correct, step 2 wrong`, for a label. */
export function spoken(marks: readonly Mark[]): string {
  const words = marks.flatMap((mark, index) => (mark === "" ? [] : [`step ${index + 1} ${WORDS[mark]}`])).join(", ");
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : "No step is marked yet";
}

/** "Step 4 comes" or "Steps 4 to 6 come after the first error." */
export function restSentence(numbers: readonly number[]): string {
  const [first, last] = [numbers[0], numbers.at(-1)];
  return first === last ? `Step ${first} comes after the first error.` : `Steps ${first} to ${last} come after the first error.`;
}
