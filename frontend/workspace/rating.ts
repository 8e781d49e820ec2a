/** What a rating amounts to: pure, with whole numbers, so that both sides of the wire say the same. */
export interface Given {
  value: number;
  weight: number;
}

const [LOW, HIGH, FAR] = [1, 5, 2];

const totals = (given: readonly Given[]): [number, number] => [
  given.reduce((sum, { value, weight }) => sum + value * weight, 0),
  given.reduce((sum, { weight }) => sum + weight, 0),
];

/** The weighted mean as people read it, one digit, halves up; null when nothing with a weight has a value. */
export function mean(given: readonly Given[]): string | null {
  const [sum, weight] = totals(given);
  return weight ? (Math.floor((sum * 20 + weight) / (2 * weight)) / 10).toFixed(1) : null;
}

/** Whether the overall value has to be explained: at an end, or far from the mean. */
export function needsWhy(overall: number | null, given: readonly Given[]): boolean {
  if (overall === null) return false;
  const [sum, weight] = totals(given);
  return overall === LOW || overall === HIGH || (weight > 0 && Math.abs(overall * weight - sum) >= FAR * weight);
}

/** "4" is a value, anything else is none. */
export function asValue(said: string): number | null {
  return /^[1-5]$/.test(said) ? Number(said) : null;
}

/** What the radios of one criterion say: a value, that there is none, or nothing yet. */
export function asSaid(name: string, answer: Record<string, unknown>): string {
  const scores = answer["scores"];
  const score = typeof scores === "object" && scores !== null ? (scores as Record<string, unknown>)[name] : null;
  if (typeof score === "number") return String(score);
  const listed = (list: unknown): boolean => Array.isArray(list) && list.includes(name);
  if (listed(answer["cannot_assess"])) return "cannot";
  return listed(answer["not_applicable"]) ? "na" : "";
}
