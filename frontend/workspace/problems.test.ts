import assert from "node:assert/strict";
import { test } from "node:test";
import { anchor, nearest, sentences } from "./problems.ts";

test("places have ids", () => {
  assert.equal(anchor("why"), "at-why");
  assert.equal(anchor("constraints[0].why"), "at-constraints-0-why");
  assert.equal(anchor("strengths[2]"), "at-strengths-2");
});

test("a place without a control leads to what it is a part of", () => {
  const has = (name: string): boolean => ["groups", "constraints[0]", "dimensions.tone"].includes(name);
  assert.equal(nearest("groups[3]", has), "groups");
  assert.equal(nearest("constraints[0].met", has), "constraints[0]");
  assert.equal(nearest("dimensions.tone[1]", has), "dimensions.tone");
  assert.equal(nearest("sources[0].url", has), null);
});

test("only sentences are shown", () => {
  assert.deepEqual(sentences({ why: "Write it.", odd: 4 }), { why: "Write it." });
  assert.deepEqual(sentences(null), {});
  assert.deepEqual(sentences("x"), {});
});
