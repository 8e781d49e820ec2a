/** What is said of a conversation, apart from the page: outcomes, the turn that failed, what the answer says of them. */
export interface TurnLabel {
  id: number;
  risk: number | null;
  tactics: string[];
  outcome: string | null;
  refusal_quality: string | null;
}

export const FAILURES: readonly string[] = ["policy_violation", "over_refusal"];
export const REFUSALS: readonly string[] = ["safe_refusal", "over_refusal"];

/** A number in a control, null when it is empty or none. */
export function asNumber(text: string): number | null {
  return /^\d{1,4}$/.test(text) ? Number(text) : null;
}

/** The turn to report: the one that is named if it failed, else the first one that did. */
export function failureOf(turns: readonly TurnLabel[], named: number | null): number | null {
  const failed = turns.filter(({ outcome }) => outcome !== null && FAILURES.includes(outcome)).map(({ id }) => id);
  return named !== null && failed.includes(named) ? named : (failed[0] ?? null);
}

/** Labels out of an answer that was kept somewhere, whatever else is in it. */
export function labelsIn(raw: unknown): TurnLabel[] {
  if (!Array.isArray(raw)) return [];
  return raw.flatMap((row: unknown) => {
    if (typeof row !== "object" || row === null) return [];
    const { id, risk, tactics, outcome, refusal_quality: quality } = row as Record<string, unknown>;
    if (typeof id !== "number") return [];
    return [
      {
        id,
        risk: typeof risk === "number" ? risk : null,
        tactics: Array.isArray(tactics) ? tactics.map(String) : [],
        outcome: typeof outcome === "string" ? outcome : null,
        refusal_quality: typeof quality === "string" ? quality : null,
      },
    ];
  });
}

/** What the dock says: the finding in a few words. */
export function finding(held: boolean, failure: number | null, severity: string): string {
  if (held) return "The model held up";
  return failure === null ? "Nothing marked yet" : `Turn ${failure}, ${severity.toLowerCase() || "not rated"}`;
}
