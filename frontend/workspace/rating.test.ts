import assert from "node:assert/strict";
import { test } from "node:test";
import { asSaid, asValue, mean, needsWhy, type Given } from "./rating.ts";

const given = (...pairs: [number, number][]): Given[] => pairs.map(([value, weight]) => ({ value, weight }));

// the same cases as tests/workspace/task_types/test_rating_answer.py: both sides show the same mean
const MEANS: [[number, number][], string | null][] = [
  [[], null],
  [[[4, 0]], null],
  [[[4, 2]], "4.0"],
  [[[1, 1], [2, 1], [2, 1]], "1.7"],
  [[[2, 3], [3, 1]], "2.3"],
  [[[4, 1], [5, 1], [5, 0]], "4.5"],
  [[[5, 19], [4, 1]], "5.0"],
  [[[1, 2], [5, 3]], "3.4"],
];

for (const [pairs, text] of MEANS) {
  test(`the mean of ${JSON.stringify(pairs)} is ${text ?? "none"}`, () => assert.equal(mean(given(...pairs)), text));
}

test("the ends need a reason, and so does what is far from the mean", () => {
  assert.equal(needsWhy(null, given([1, 1])), false);
  assert.equal(needsWhy(1, []), true);
  assert.equal(needsWhy(5, given([5, 1])), true);
  assert.equal(needsWhy(4, given([2, 1])), true);
  assert.equal(needsWhy(4, given([2, 19], [3, 1])), false);
  assert.equal(needsWhy(2, given([4, 3], [5, 1])), true);
  assert.equal(needsWhy(3, given([1, 0])), false);
});

test("radios say a value, a reason for none, or nothing", () => {
  assert.deepEqual(["1", "5", "0", "6", "cannot", "", "11"].map(asValue), [1, 5, null, null, null, null, null]);
  const answer = { scores: { tone: 4, fact: null }, cannot_assess: ["fact"], not_applicable: ["style"] };
  assert.deepEqual(["tone", "fact", "style", "other"].map((name) => asSaid(name, answer)), ["4", "cannot", "na", ""]);
  assert.equal(asSaid("tone", { scores: 4, cannot_assess: "tone" }), "");
});
