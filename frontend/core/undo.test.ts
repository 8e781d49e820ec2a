import assert from "node:assert/strict";
import { test } from "node:test";
import { History } from "./undo.ts";

test("steps go back and forth", () => {
  const history = new History<string>();
  assert.equal(history.undo("a"), undefined);
  history.keep("a");
  history.keep("b");
  assert.equal(history.undo("c"), "b");
  assert.equal(history.undo("b"), "a");
  assert.equal(history.undo("a"), undefined);
  assert.equal(history.redo("a"), "b");
  assert.equal(history.redo("b"), "c");
  assert.equal(history.redo("c"), undefined);
});

test("a new change forgets what was undone", () => {
  const history = new History<string>();
  history.keep("a");
  assert.equal(history.undo("b"), "a");
  history.keep("a");
  assert.equal(history.redo("x"), undefined);
});
