import assert from "node:assert/strict";
import { test } from "node:test";
import { isSilent, Remarks, silent, type Placed } from "./remarks.ts";

const said = (from: number, to: number, ...tags: string[]): Placed => ({ a: [from, to], remark: { tags, source: "", note: "" } });

test("a change keeps what was said of it while its new words go on growing", () => {
  const [remark] = new Remarks().carry([{ a: [4, 8] }], [said(4, 8, "tone")]);
  assert.deepEqual(remark?.tags, ["tone"]);
});

test("a change that has grown over others takes over what was said of them", () => {
  const before = [said(4, 8, "tone"), { a: [10, 12] as const, remark: { tags: ["clarity", "tone"], source: "A book", note: "Look" } }];
  const [remark] = new Remarks().carry([{ a: [4, 12] }], before);
  assert.deepEqual(remark, { tags: ["tone", "clarity"], source: "A book", note: "Look" });
});

test("a change elsewhere starts with nothing", () => {
  const [remark] = new Remarks().carry([{ a: [40, 44] }], [said(4, 8, "tone")]);
  assert.ok(remark && isSilent(remark));
});

test("a change that was reverted and comes back has its own again", () => {
  const remarks = new Remarks();
  assert.deepEqual(remarks.carry([], [said(4, 8, "tone")]), []);
  assert.deepEqual(remarks.carry([{ a: [4, 8] }], [])[0]?.tags, ["tone"]);
});

test("what somebody took back does not come back", () => {
  const remarks = new Remarks();
  remarks.carry([{ a: [4, 8] }], [said(4, 8, "tone")]);
  remarks.carry([{ a: [4, 8] }], [{ a: [4, 8], remark: silent() }]);
  assert.ok(isSilent(remarks.carry([{ a: [4, 8] }], [])[0] ?? silent()));
});
