import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadline, duration } from "./deadline.ts";

const MINUTE = 60_000;

test("durations read like clocks", () => {
  assert.equal(duration(0), "0:00");
  assert.equal(duration(-5), "0:00");
  assert.equal(duration(59.9), "0:59");
  assert.equal(duration(24 * 60 + 10), "24:10");
  assert.equal(duration(3600 + 250), "1:04:10");
});

test("each warning is said once, at its time", () => {
  const deadline = new Deadline(30 * MINUTE, 10, 30);
  assert.deepEqual(deadline.look(0), { text: "30:00", minutes: 30, level: "", said: null });
  assert.equal(deadline.look(24.9 * MINUTE).said, null);
  const warned = deadline.look(25 * MINUTE);
  assert.equal(warned.level, "warn");
  assert.equal(warned.said, "5 minutes left. Press T to add 30 minutes.");
  assert.equal(deadline.look(26 * MINUTE).said, null);
  assert.match(deadline.look(29 * MINUTE).said ?? "", /^Less than 1 minute/);
  const over = deadline.look(31 * MINUTE);
  assert.deepEqual([over.text, over.minutes, over.level], ["0:00", 0, "over"]);
  assert.match(over.said ?? "", /kept/);
});

test("more time takes the warning back, and it can come again", () => {
  const deadline = new Deadline(4 * MINUTE, 1, 30);
  assert.equal(deadline.look(0).level, "warn");
  deadline.extend(34 * MINUTE, 0);
  assert.equal(deadline.look(0).level, "");
  assert.equal(deadline.canExtend, false);
  assert.equal(deadline.look(30 * MINUTE).said, "5 minutes left.");
});

test("a question rests the deadline: the time left stands still, then runs on", () => {
  const deadline = new Deadline(40 * MINUTE, 10, 30);
  deadline.rest(10 * MINUTE);
  assert.equal(deadline.look(0).text, "30:00");
  assert.equal(deadline.isResting(9 * MINUTE), true);
  assert.equal(deadline.look(9 * MINUTE).text, "30:00");
  assert.equal(deadline.look(20 * MINUTE).text, "20:00");
  assert.equal(deadline.isResting(20 * MINUTE), false);
  deadline.rest(Number.NaN);
  assert.equal(deadline.look(5 * MINUTE).text, "35:00");
});
