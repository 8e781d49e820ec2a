import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { post, stream } from "./http.ts";

const OLD = { error: "old_page", message: "This page is older than your sign-in." };
const real = globalThis.fetch;

/** A page with a token of yesterday, whose server answers these in turn; what it was asked, with which token. */
function page(...answers: (Response | Error)[]) {
  const field = { value: "yesterday" };
  const asked: string[] = [];
  const globals = {
    location: { href: "/tasks/1" },
    document: { querySelector: () => field, querySelectorAll: () => [field], body: { setAttribute: () => undefined } },
    DOMParser: class {
      parseFromString(text: string) {
        return { querySelector: () => ({ value: text }) };
      }
    },
    fetch: async (url: string, how: RequestInit) => {
      const sent = new Headers(how.headers).get("X-CSRFToken");
      asked.push(how.method === "POST" ? `${url} ${sent}` : url);
      const answer = answers.shift();
      if (!answer || answer instanceof Error) throw answer ?? new Error("nobody is there");
      return answer;
    },
  };
  for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  return asked;
}

function lines(...said: unknown[]): Response {
  const text = said.map((one) => `${JSON.stringify(one)}\n`).join("");
  return new Response(text, { headers: { "Content-Type": "application/x-ndjson" } });
}

const old = (): Response => Response.json(OLD, { status: 400 });
const calls = {
  post: () => post("/turns", {}),
  stream: () => stream("/turns", {}, new AbortController().signal, () => undefined),
};

afterEach(() => {
  globalThis.fetch = real;
});

for (const [name, call] of Object.entries(calls)) {
  test(`${name} takes the token of today where the page is too old, and asks once more`, async () => {
    const asked = page(old(), new Response("today"), Response.json({ ok: true }));
    assert.deepEqual(await call(), { status: 200, data: { ok: true }, moved: null });
    assert.deepEqual(asked, ["/turns yesterday", "/tasks/1", "/turns today"]);
  });

  test(`${name} does not go on asking when the token of today is refused too`, async () => {
    const asked = page(old(), new Response("today"), old());
    assert.equal((await call()).data["error"], "old_page");
    assert.equal(asked.length, 3);
  });

  test(`${name} says when nobody is signed in any more`, async () => {
    const asked = page(old(), Response.json({}, { status: 401 }));
    assert.equal((await call()).status, 401);
    assert.equal(asked.length, 2);
  });

  test(`${name} says 0 without a network`, async () => {
    page(new Error("cut"));
    assert.equal((await call()).status, 0);
  });
}

test("a stream that begins after the token was taken anew is heard line by line, once", async () => {
  page(old(), new Response("today"), lines({ message: 1 }, { piece: "Yes" }, { done: true }));
  const told: unknown[] = [];
  const answer = await stream("/turns", {}, new AbortController().signal, (line) => told.push(line));
  assert.equal(answer.status, 200);
  assert.deepEqual(told, [{ message: 1 }, { piece: "Yes" }, { done: true }]);
});
