import assert from "node:assert/strict";
import { test } from "node:test";
import { countWords } from "./words.ts";

// the same cases as tests/workspace/task_types/test_base.py: both sides count alike
const CASES: [string, number][] = [
  ["", 0],
  [" - — ... ", 0],
  ["A plan we can act on.", 6],
  ["don't stop", 2],
  ["10 % of 5", 3],
  ["水を止める", 5],
  ["Turn 水 off", 3],
  ["สวัสดี", 4],
  ["물을 잠그세요", 2],
];

for (const [text, count] of CASES) test(`"${text}" has ${count} words`, () => assert.equal(countWords(text), count));
