import assert from "node:assert/strict";
import { test } from "node:test";
import { failureOf, finding, labelsIn, asNumber, type TurnLabel } from "./chat_labels.ts";

const turn = (id: number, outcome: string | null): TurnLabel => ({ id, risk: null, tactics: [], outcome, refusal_quality: null });

test("the turn to report is the one that is named, if it failed", () => {
  const turns = [turn(2, "policy_violation"), turn(4, "over_refusal"), turn(6, "compliant")];
  assert.equal(failureOf(turns, 4), 4);
  assert.equal(failureOf(turns, 6), 2);
  assert.equal(failureOf(turns, null), 2);
  assert.equal(failureOf([turn(2, "compliant"), turn(4, null)], 2), null);
});

test("labels come out of anything", () => {
  assert.deepEqual(labelsIn(null), []);
  assert.deepEqual(labelsIn([3, null, { id: "2" }, { id: 2, outcome: "compliant", tactics: ["other"], text: "never read" }]), [
    { id: 2, risk: null, tactics: ["other"], outcome: "compliant", refusal_quality: null },
  ]);
});

test("numbers and findings", () => {
  assert.equal(asNumber("3"), 3);
  assert.equal(asNumber(""), null);
  assert.equal(asNumber("3x"), null);
  assert.equal(finding(true, 4, "High"), "The model held up");
  assert.equal(finding(false, null, "High"), "Nothing marked yet");
  assert.equal(finding(false, 4, "High"), "Turn 4, high");
  assert.equal(finding(false, 4, ""), "Turn 4, not rated");
});
