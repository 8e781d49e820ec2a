import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { changes, tally } from "./difference.ts";
import { split, unitsOf } from "./tokens.ts";

interface Case {
  name: string;
  original: string;
  edited: string;
  changes: [string, [number, number], [number, number]][];
}

// the same cases as tests/workspace/task_types/test_response_editing_difference.py: both sides name the same changes
const file = new URL("../../tests/workspace/task_types/word_changes.json", import.meta.url);
const CASES = JSON.parse(fs.readFileSync(file, "utf8")) as Case[];
const named = (original: string, edited: string): unknown => changes(original, edited).map(({ op, a, b }) => [op, a, b]);

for (const { name, original, edited, changes: expected } of CASES) {
  test(`the server's changes: ${name}`, () => assert.deepEqual(named(original, edited), expected));
}

test("the words of a change are those at its places, also behind an emoji", () => {
  const [change] = changes("Well 😀 done in 1991.", "Well 😀 done in 1989.");
  assert.deepEqual([change?.gone, change?.fresh], ["1991", "1989"]);
});

test("code points become the units a text box selects by", () => {
  assert.deepEqual(unitsOf("a😀b", [0, 1, 2, 3, 9]), [0, 1, 3, 4, 4]);
  assert.deepEqual(unitsOf("", [0]), [0]);
});

test("parts keep their places", () => {
  const parts = split("Don't stop,\n now").map(({ key, start, end }) => [key, start, end]);
  assert.deepEqual(parts, [[" Don't", 0, 5], [" stop", 6, 10], [",", 10, 11], ["\n ", 11, 13], [" now", 13, 16]]);
});

test("words are counted on both sides, and what is kept never falls under nothing", () => {
  assert.deepEqual(tally("It fell in 1991.", changes("It fell in 1991.", "It fell on 9 November 1989.")), { added: 4, removed: 2, kept: 50 });
  assert.deepEqual(tally("", changes("", "New words")), { added: 2, removed: 0, kept: 100 });
});

test("too much for words is compared by lines, too much for lines is one change", () => {
  const text = (word: string, from: number): string => Array.from({ length: 900 }, (_, index) => `${word}${index + from}`).join(" ");
  const found = changes(`Same.\n${text("a", 0)}\nEnd.`, `Same.\n${text("b", 0)}\nEnd.`);
  assert.equal(found.length, 1);
  assert.deepEqual(found[0]?.a[0], 6);
  const lines = (word: string): string => text(word, 0).replaceAll(" ", "\n");
  assert.deepEqual(named(lines("a"), lines("b")), [["replace", [0, lines("a").length], [0, lines("b").length]]]);
});
