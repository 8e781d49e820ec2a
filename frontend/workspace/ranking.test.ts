import assert from "node:assert/strict";
import { test } from "node:test";
import { cycled, empty, move, of, placed, put, said, start, strength, type Ranking } from "./ranking.ts";

const full = (ids = "abcd"): Ranking => start([...ids], [...ids].map((_, index) => index + 1), []);
const order = (ranking: Ranking): string => ranking.slots.map((id) => id ?? "-").join("");

test("a full ranking moves like a list, and strengths keep their place", () => {
  const before = strength(full(), 0, 2);
  const after = put(before, "c", 0);
  assert.equal(order(after), "cabd");
  assert.deepEqual(after.gaps, [2, 1, 1]);
  assert.equal(order(put(after, "c", 3)), "abdc");
  assert.equal(put(after, "c", 0), after);
  assert.equal(order(put(after, "c", 99)), "abdc");
});

test("every place can be given first; those in the way make room", () => {
  let ranking = empty(4);
  ranking = put(ranking, "a", 3);
  assert.equal(order(ranking), "---a");
  ranking = put(ranking, "b", 3);
  assert.equal(order(ranking), "--ab");
  ranking = put(ranking, "c", 2);
  ranking = put(ranking, "d", 2);
  assert.deepEqual([...placed(ranking)].sort(), ["a", "b", "c", "d"]);
  assert.equal(ranking.slots[2], "d");
});

test("nothing is ever lost, whatever is put where", () => {
  const ids = [..."abcdefgh"];
  let ranking = empty(ids.length);
  for (let turn = 0; turn < 500; turn += 1) {
    const id = ids[(turn * 7) % ids.length] ?? "a";
    const had = new Set(placed(ranking)).add(id);
    const place = (turn * 13 + 5) % ids.length;
    ranking = put(ranking, id, place);
    assert.equal(ranking.slots[place], id);
    assert.deepEqual(new Set(placed(ranking)), had);
    assert.equal(placed(ranking).length, had.size);
  }
});

test("a step passes the neighbour; a response without a place goes to the first free one", () => {
  assert.equal(order(move(full(), "b", -1)), "bacd");
  assert.equal(order(move(full(), "b", 1)), "acbd");
  assert.equal(order(move(full(), "a", -1)), "abcd");
  assert.equal(order(move(start([..."abc"], [2, null, null], []), "c", -1)), "ca-");
  assert.equal(order(move(start([..."abc"], [3, 1, null], []), "a", -1)), "ab-");
});

test("what is said has groups and strengths; the same joins two", () => {
  assert.deepEqual(said(full()), { groups: [["a"], ["b"], ["c"], ["d"]], strengths: [1, 1, 1] });
  const tied = strength(strength(full(), 1, 0), 0, 2);
  assert.deepEqual(said(tied), { groups: [["a"], ["b", "c"], ["d"]], strengths: [2, 1] });
  assert.deepEqual(said(empty(3)), { groups: [], strengths: [] });
  assert.deepEqual(said(start([..."abc"], [null, 3, 1], [2])), { groups: [["c"], ["b"]], strengths: [2] });
});

test("an answer becomes the same ranking again; unknown ids are left out", () => {
  for (const gaps of [[2, 0, 1], [0, 0, 0], [1, 1, 2]]) {
    const ranking = { ...full(), gaps };
    assert.deepEqual(said(of([..."abcd"], said(ranking))), said(ranking));
  }
  const some = of([..."abc"], { groups: [["z", "b"], ["b"], ["c"]], strengths: [2, 1] });
  assert.equal(order(some), "bc-");
  assert.deepEqual(of([..."ab"], {}), empty(2));
});

test("strengths go round", () => {
  assert.deepEqual([2, 1, 0].map(cycled), [1, 0, 2]);
  assert.equal(cycled(7), 1);
});
