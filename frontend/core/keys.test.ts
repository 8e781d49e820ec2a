import assert from "node:assert/strict";
import { test } from "node:test";
import { change, keepChoice, meant, readChoice, written } from "./keys.ts";

const shelf = (kept: Record<string, string> = {}) => ({
  kept,
  getItem: (key: string) => kept[key] ?? null,
  setItem: (key: string, value: string) => void (kept[key] = value),
  removeItem: (key: string) => void delete kept[key],
});
const pressed = (key: string, held: Partial<KeyboardEvent> = {}): KeyboardEvent => ({ key, ...held }) as KeyboardEvent;

test("keys are written as in aria-keyshortcuts", () => {
  assert.equal(written(pressed("a")), "a");
  assert.equal(written(pressed("A")), "a"); // caps lock
  assert.equal(written(pressed("?", { shiftKey: true })), "?");
  assert.equal(written(pressed("+", { shiftKey: true })), "+");
  assert.equal(written(pressed("Z", { shiftKey: true })), "Shift+Z");
  assert.equal(written(pressed("Enter", { ctrlKey: true })), "Control+Enter");
  assert.equal(written(pressed("Enter", { metaKey: true })), "Control+Enter");
  assert.equal(written(pressed("P", { ctrlKey: true, shiftKey: true })), "Control+Shift+P");
  assert.equal(written(pressed("t", { altKey: true })), "Alt+T");
  assert.equal(written(pressed("Escape")), "Escape");
});

test("a changed key means ours, and the old one means nothing", () => {
  assert.equal(meant("i", {}), "i");
  assert.equal(meant("g", { i: "g" }), "i");
  assert.equal(meant("i", { i: "g" }), null);
  assert.equal(meant("i", { i: "g", x: "i" }), "x");
});

test("a key that is taken, or no letter, is refused", () => {
  const choice = { off: false, map: {} };
  assert.equal(change(choice, "i", "x", ["i", "x"]), false);
  assert.equal(change(choice, "i", "Enter", ["i"]), false);
  assert.deepEqual(change(choice, "i", "g", ["i", "x"]), { off: false, map: { i: "g" } });
  assert.deepEqual(change({ off: true, map: { i: "g" } }, "i", "i", ["i"]), { off: true, map: {} });
});

test("the choice is kept on the device; what cannot be read is as if nothing was chosen", () => {
  const device = shelf();
  keepChoice(device, { off: true, map: { i: "g" } });
  assert.deepEqual(readChoice(device), { off: true, map: { i: "g" } });
  assert.deepEqual(readChoice(shelf({ keys: "{" })), { off: false, map: {} });
  assert.deepEqual(readChoice(shelf()), { off: false, map: {} });
});
