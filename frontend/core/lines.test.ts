import assert from "node:assert/strict";
import { test } from "node:test";
import { Lines } from "./lines.ts";

test("lines are whole wherever the stream was cut", () => {
  const text = '{"message":1}\n{"piece":"Yes, \\n"}\n{"piece":"🙂"}\n{"done":true}\n';
  for (let size = 1; size < 12; size += 1) {
    const lines = new Lines();
    const found = [];
    for (let at = 0; at < text.length; at += size) found.push(...lines.take(text.slice(at, at + size)));
    assert.deepEqual(found, [{ message: 1 }, { piece: "Yes, \n" }, { piece: "🙂" }, { done: true }]);
  }
});

test("half a line and nonsense are nothing", () => {
  const lines = new Lines();
  assert.deepEqual(lines.take('no json\n3\n{"piece":'), []);
  assert.deepEqual(lines.take('"a"}\n'), [{ piece: "a" }]);
});
