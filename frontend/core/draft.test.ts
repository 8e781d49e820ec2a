import assert from "node:assert/strict";
import { test } from "node:test";
import { Draft, PAUSE_MS, type Content, type State } from "./draft.ts";
import type { Answer } from "./http.ts";

/** A draft whose clock, shelf and server are in our hands. */
function bench(id = "a1", kept: Record<string, string> = {}) {
  const shelf = new Map(Object.entries(kept));
  const timers: { run: () => void; milliseconds: number }[] = [];
  const told: State[] = [];
  const sent: (Content & { rev: number })[] = [];
  const answers: Answer[] = [];
  const screen: Content = { answer: { text: "" }, note: "", confidence: null };
  const waiting: ((answer: Answer) => void)[] = [];
  const draft = new Draft({
    id,
    rev: 3,
    read: () => structuredClone(screen),
    send: (body) => {
      sent.push(body);
      const ready = answers.shift();
      return ready ? Promise.resolve(ready) : new Promise((answer) => waiting.push(answer));
    },
    tell: (state) => told.push(state),
    shelf: {
      getItem: (key) => shelf.get(key) ?? null,
      setItem: (key, value) => void shelf.set(key, value),
      removeItem: (key) => void shelf.delete(key),
    },
    now: () => 1_000,
    wait: (run, milliseconds) => timers.push({ run, milliseconds }),
    stop: () => timers.splice(0),
  });
  const write = (text: string): void => {
    screen.answer = { text };
    draft.change();
  };
  return { draft, shelf, timers, told, sent, answers, waiting, write };
}

const said = (status: number, data: Record<string, unknown> = {}): Answer => ({ status, data, moved: null });
const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

test("a change is kept on the device at once and saved when the keys have rested", async () => {
  const { shelf, timers, sent, answers, told, write, draft } = bench();
  write("one");
  assert.match(shelf.get("draft:a1") ?? "", /"text":"one"/);
  assert.deepEqual(sent, []);
  assert.equal(timers[0]?.milliseconds, PAUSE_MS);
  answers.push(said(200, { rev: 4 }));
  timers[0]?.run();
  await settled();
  assert.equal(sent[0]?.rev, 3);
  assert.equal(draft.rev, 4);
  assert.equal(shelf.size, 0);
  assert.deepEqual(told, ["saving", "saved"]);
});

test("nothing is sent when nothing changed", async () => {
  const { draft, sent } = bench();
  await draft.flush();
  await draft.flush(true);
  assert.deepEqual(sent, []);
});

test("what is written while a save is on its way is saved after it", async () => {
  const { draft, sent, waiting, write, timers, shelf, told } = bench();
  write("one");
  void draft.flush();
  write("one two");
  assert.equal(sent.length, 1);
  waiting[0]?.(said(200, { rev: 4 }));
  await settled();
  assert.match(shelf.get("draft:a1") ?? "", /one two/);
  assert.ok(!told.includes("saved"));
  timers.at(-1)?.run();
  assert.equal(sent[1]?.rev, 4);
  assert.deepEqual(sent[1]?.answer, { text: "one two" });
});

test("two saves are never on their way at once, whoever asks: sending the answer, leaving the page", async () => {
  const { draft, sent, waiting, write, told } = bench();
  write("one");
  void draft.flush();
  write("one two");
  const sending = draft.flush();
  const leaving = draft.flush(true);
  await settled();
  assert.equal(sent.length, 1); // a second one with revision 3 would look like another tab's
  waiting[0]?.(said(200, { rev: 4 }));
  await settled();
  assert.deepEqual([sent.length, sent[1]?.rev], [2, 4]);
  waiting[1]?.(said(200, { rev: 5 }));
  await Promise.all([sending, leaving]);
  assert.equal(sent.length, 2);
  assert.deepEqual([draft.rev, told.at(-1)], [5, "saved"]);
});

test("without a connection the text stays on the device and is tried again, ever more slowly", async () => {
  const { draft, answers, write, timers, told, shelf } = bench();
  write("one");
  answers.push(said(0));
  await draft.flush();
  assert.equal(told.at(-1), "offline");
  assert.equal(shelf.size, 1);
  const first = timers.at(-1)?.milliseconds ?? 0;
  answers.push(said(503));
  timers.at(-1)?.run();
  await settled();
  assert.ok((timers.at(-1)?.milliseconds ?? 0) > first);
  answers.push(said(200, { rev: 4 }));
  timers.at(-1)?.run();
  await settled();
  assert.equal(told.at(-1), "saved");
});

test("an older tab stops saving until somebody decides", async () => {
  const { draft, answers, write, sent, told } = bench();
  write("old");
  answers.push(said(409, { rev: 9 }));
  await draft.flush();
  assert.equal(told.at(-1), "stale");
  write("more");
  await draft.flush();
  assert.equal(sent.length, 1);
  answers.push(said(200, { rev: 10 }));
  draft.takeOver(9);
  await settled();
  assert.equal(sent[1]?.rev, 9);
  assert.equal(told.at(-1), "saved");
});

test("signed out keeps the text and goes on after signing in", async () => {
  const { draft, answers, write, told, shelf } = bench();
  write("one");
  answers.push(said(401));
  await draft.flush();
  assert.equal(told.at(-1), "signed_out");
  assert.equal(shelf.size, 1);
  answers.push(said(200, { rev: 4 }));
  await draft.flush();
  assert.equal(told.at(-1), "saved");
});

test("when the time is over nothing more is sent", async () => {
  const { draft, answers, write, sent, told, shelf } = bench();
  write("one");
  answers.push(said(410, { rev: 4 }));
  await draft.flush();
  assert.equal(told.at(-1), "expired");
  assert.equal(shelf.size, 0); // the server has it
  write("two");
  await draft.flush();
  assert.equal(sent.length, 1);
});

test("a refusal is told, and the text stays on the device", async () => {
  const { draft, answers, write, told, shelf } = bench();
  write("one");
  answers.push(said(413));
  await draft.flush();
  assert.equal(told.at(-1), "failed");
  assert.equal(shelf.size, 1);
});

test("text the server never got is found again, and forgotten once all is submitted", () => {
  const copy = JSON.stringify({ rev: 3, at: 5, answer: { text: "lost?" }, note: "", confidence: 2 });
  const { draft, shelf, write } = bench("a1", { "draft:a1": copy, "draft:other": copy });
  assert.equal(draft.unsaved()?.confidence, 2);
  draft.forget();
  assert.deepEqual([...shelf.keys()], ["draft:other"]);
  write("late");
  assert.equal(shelf.size, 1);
  assert.equal(bench("b", { "draft:b": "{broken" }).draft.unsaved(), null);
  assert.equal(bench("c").draft.unsaved(), null);
});
