/** JSON to and from our own server. A failed connection is status 0, never an exception. */
import { Lines } from "./lines.ts";

export interface Answer {
  status: number;
  data: Record<string, unknown>;
  /** Where a redirect led, when the server answered with one. */
  moved: string | null;
}

const KEEPALIVE_BYTES = 60_000; // browsers refuse more in a request that outlives its page
let skew = 0;

/** The server's time in milliseconds: the device's, corrected by what answers said. */
export function serverNow(): number {
  return Date.now() + skew;
}

/** Correct the clock: `server` is the server's time at this moment. */
export function setServerNow(server: number): void {
  if (Number.isFinite(server)) skew = server - Date.now();
}

function token(): string {
  const field = document.querySelector<HTMLInputElement>("input[name=csrf_token]");
  return field?.value ?? "";
}

async function read(answer: Response): Promise<Record<string, unknown>> {
  try {
    const data: unknown = await answer.json();
    return typeof data === "object" && data !== null ? (data as Record<string, unknown>) : {};
  } catch {
    return {}; // a page instead of JSON
  }
}

/**
 * POST a JSON body and hear every line of JSON of the answer as it comes; status 0 when it was cut off.
 * A page that is older than the sign-in gets the token of today and asks once more, as `post` does.
 */
export async function stream(
  url: string,
  body: unknown,
  signal: AbortSignal,
  told: (line: Record<string, unknown>) => void,
): Promise<Answer> {
  return withToken(() => listen(url, body, signal, told));
}

async function listen(
  url: string,
  body: unknown,
  signal: AbortSignal,
  told: (line: Record<string, unknown>) => void,
): Promise<Answer> {
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() };
  try {
    const answer = await fetch(url, { method: "POST", body: JSON.stringify(body), headers, signal, credentials: "same-origin" });
    const whole = (answer.headers.get("Content-Type") ?? "").startsWith("application/json");
    if (!answer.ok || whole || !answer.body) return { status: answer.status, data: await read(answer), moved: null };
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    const lines = new Lines();
    for (let part = await reader.read(); !part.done; part = await reader.read()) lines.take(part.value).forEach(told);
    return { status: answer.status, data: {}, moved: null };
  } catch {
    return { status: 0, data: {}, moved: null };
  }
}

/**
 * POST a JSON body; `leaving` lets a small request outlive its page.
 * A page that is older than the sign-in gets the token of today and asks once more; 401 when nobody is signed in.
 */
export async function post(url: string, body: unknown, leaving = false): Promise<Answer> {
  return withToken(() => send(url, body, leaving));
}

/** Ask, and where the page was too old once more with the token of today. */
async function withToken(ask: () => Promise<Answer>): Promise<Answer> {
  const answer = await ask();
  if (answer.data["error"] !== "old_page") return answer;
  const status = await renewToken();
  return status === 200 ? ask() : { status, data: {}, moved: null };
}

/** Take the token of this page as the server would draw it now into every form; the status of the answer, 0 without one. */
async function renewToken(): Promise<number> {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!answer.ok) return answer.status;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector<HTMLInputElement>("input[name=csrf_token]")?.value ?? "";
    for (const input of document.querySelectorAll<HTMLInputElement>("input[name=csrf_token]")) input.value = fresh;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": fresh }));
    return 200;
  } catch {
    return 0;
  }
}

async function send(url: string, body: unknown, leaving: boolean): Promise<Answer> {
  const text = JSON.stringify(body);
  try {
    const answer = await fetch(url, {
      method: "POST",
      body: text,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      keepalive: leaving && text.length < KEEPALIVE_BYTES,
      credentials: "same-origin",
    });
    setServerNow(Date.parse(answer.headers.get("Date") ?? ""));
    return { status: answer.status, data: await read(answer), moved: answer.redirected ? answer.url : null };
  } catch {
    return { status: 0, data: {}, moved: null };
  }
}
