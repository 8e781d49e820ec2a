import assert from "node:assert/strict";
import { test } from "node:test";
import { depth, insert, move, numbered, partOf, remove, start, takeOut, type Rows } from "./outline.ts";

/** `1 2<1 3` : row 2 is a part of row 1. */
const shown = (rows: Rows): string => rows.map(({ key, parent }) => (parent === null ? `${key}` : `${key}<${parent}`)).join(" ");
const all = (rows: Rows): Set<number> => new Set(rows.map(({ key }) => key));

test("a new row comes behind the one it was made from, on its level", () => {
  assert.equal(shown(insert(start([1, 2], []), 1, 3)), "1 3 2");
  assert.equal(shown(insert(start([1, 2], [null, 1]), 2, 3)), "1 2<1 3<1");
  assert.equal(shown(insert(start([1, 2], []), 9, 3)), "1 2 3");
});

test("Tab makes a part, Shift and Tab take it out", () => {
  const part = partOf(start([1, 2, 3], []), 2);
  assert.equal(shown(part), "1 2<1 3");
  assert.equal(shown(partOf(part, 3)), "1 2<1 3<1");
  assert.equal(shown(partOf(partOf(part, 3), 3)), "1 2<1 3<2");
  assert.equal(shown(takeOut(part, 2)), "1 2 3");
  const first = start([1, 2], []);
  assert.equal(partOf(first, 1), first);
  assert.equal(takeOut(first, 1), first);
});

test("the parts of a removed step stay", () => {
  assert.equal(shown(remove(start([1, 2, 3], [null, 1, 2]), 2)), "1 3<1");
  assert.equal(shown(remove(start([1, 2, 3], [null, 1, 1]), 1)), "2 3");
  const rows = start([1], []);
  assert.equal(remove(rows, 5), rows);
});

test("a step moves past its neighbour; a part never stands before its step", () => {
  assert.equal(shown(move(start([1, 2, 3], []), 3, -1)), "1 3 2");
  assert.equal(shown(move(start([1, 2], [null, 1]), 2, -1)), "2 1");
  const rows = start([1, 2], []);
  assert.equal(move(rows, 1, -1), rows);
  assert.equal(move(rows, 2, 1), rows);
});

test("rows that say nothing are left out and the numbers close up", () => {
  const rows = start([10, 20, 30, 40], [null, null, 2, 3]);
  assert.deepEqual(numbered(rows, all(rows)).map(({ id, parent }) => [id, parent]), [[1, null], [2, null], [3, 2], [4, 3]]);
  assert.deepEqual(numbered(rows, new Set([10, 20, 40])).map(({ id, parent }) => [id, parent]), [[1, null], [2, null], [3, 2]]);
  assert.deepEqual(numbered(rows, new Set()), []);
});

test("whatever is done, a part comes after its step", () => {
  let rows = start([1, 2, 3, 4, 5, 6], []);
  for (let turn = 0; turn < 600; turn += 1) {
    const key = ((turn * 7) % 6) + 1;
    const acts = [() => partOf(rows, key), () => move(rows, key, -1), () => takeOut(rows, key), () => move(rows, key, 1)];
    rows = (acts[(turn * 11 + (turn >> 3)) % 4] ?? (() => rows))();
    assert.equal(all(rows).size, 6);
    rows.forEach((row, index) => {
      assert.ok(row.parent === null || rows.findIndex(({ key: one }) => one === row.parent) < index);
      assert.ok(depth(rows, row) < 6);
    });
  }
});

test("parents that come later or are not there are none", () => {
  assert.equal(shown(start([1, 2], [2, 9])), "1 2");
});
