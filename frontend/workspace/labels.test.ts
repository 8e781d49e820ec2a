import assert from "node:assert/strict";
import { test } from "node:test";
import { firstError, folded, markIn, markOf, missing, restSentence, said, spoken, type Mark } from "./labels.ts";

const marks = (text: string): Mark[] => [...text].map((sign) => ({ y: "1", o: "0", n: "-1", "?": "unsure" })[sign] as Mark ?? "");

test("the first wrong step is the first error, whatever follows", () => {
  assert.equal(firstError(marks("yo?")), null);
  assert.equal(firstError(marks("y?nn")), 3);
});

test("labels are needed up to the first error, or for every step", () => {
  assert.deepEqual(missing(marks("y-n--"), true), [2]);
  assert.deepEqual(missing(marks("y-n--"), false), [2, 4, 5]);
  assert.deepEqual(missing(marks("y--"), true), [2, 3]);
  assert.deepEqual(missing(marks("y?o"), true), []);
});

test("steps after the first error fold away until one of them has a label", () => {
  assert.deepEqual(folded(marks("yn--"), true), [3, 4]);
  assert.deepEqual(folded(marks("yn-y"), true), []);
  assert.deepEqual(folded(marks("yn--"), false), []);
  assert.deepEqual(folded(marks("yy--"), true), []);
  assert.equal(restSentence([3]), "Step 3 comes after the first error.");
  assert.equal(restSentence([3, 4, 5]), "Steps 3 to 5 come after the first error.");
});

test("neutral, cannot tell and nothing are three different things", () => {
  assert.deepEqual(said(1, "0", "", ""), { id: 1, rating: 0, unsure: false, critique: null, correction: null });
  assert.deepEqual(said(2, "unsure", "", ""), { id: 2, rating: null, unsure: true, critique: null, correction: null });
  assert.deepEqual(said(3, "", "", ""), { id: 3, rating: null, unsure: false, critique: null, correction: null });
  assert.deepEqual(said(4, "-1", "No.", "Yes."), { id: 4, rating: -1, unsure: false, critique: "No.", correction: "Yes." });
});

test("an answer gives the same marks again", () => {
  for (const mark of marks("yon?-")) assert.equal(markIn([said(7, mark, "", "")], 7), mark);
  assert.equal(markIn([], 1), "");
  assert.equal(markIn([{ id: 1, rating: 5 }], 1), "");
  assert.equal(markOf("2"), "");
});

test("the labels can be said", () => {
  assert.equal(spoken(marks("y-n")), "Step 1 correct, step 3 wrong");
  assert.equal(spoken(marks("--")), "No step is marked yet");
});
