// Nothing a person writes is lost: saved on the server soon after the last key, and on the device until it is.
import type { Answer } from "./http.ts";

export type State = "saved" | "saving" | "offline" | "stale" | "signed_out" | "expired" | "failed";

/** `answer`, or the `form` the server can make it of. */
export interface Content {
  answer?: unknown;
  form?: unknown;
  note: string;
  confidence: number | null;
}

/** What the device keeps while the server has not confirmed it. */
export interface Copy extends Content {
  rev: number;
  at: number;
}

export interface Shelf {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface Needs {
  id: string;
  rev: number;
  read: () => Content;
  send: (body: Content & { rev: number }, leaving: boolean) => Promise<Answer>;
  tell: (state: State, data: Record<string, unknown>) => void;
  shelf: Shelf;
  now: () => number;
  wait: (run: () => void, milliseconds: number) => number;
  stop: (timer: number) => void;
}

export const PAUSE_MS = 800;
const PLACE = "draft:";
const RETRY_MS = 5_000;
const RETRY_LONGEST_MS = 60_000;
const SERVER_FAULT = 500;
const FINAL: Record<number, State> = { 409: "stale", 401: "signed_out", 410: "expired" };

function copyOf(shelf: Shelf, id: string): Copy | null {
  try {
    return JSON.parse(shelf.getItem(PLACE + id) ?? "null") as Copy | null;
  } catch {
    return null;
  }
}

/** What this device keeps of every task: assignment -> its copy. */
export function copies(shelf: Shelf & Record<string, unknown>): Map<string, Copy> {
  const ids = Object.keys(shelf).flatMap((key) => (key.startsWith(PLACE) ? [key.slice(PLACE.length)] : []));
  return new Map(ids.flatMap((id) => {
    const copy = copyOf(shelf, id);
    return copy ? [[id, copy] as const] : [];
  }));
}

/** The copy of this task is not needed any more. */
export function dropCopy(shelf: Shelf, id: string): void {
  shelf.removeItem(PLACE + id);
}

export class Draft {
  rev: number;
  private readonly needs: Needs;
  private dirty = false;
  private changes = 0;
  private flight: Promise<void> | null = null;
  private closed = false;
  private timer = 0;
  private retry = RETRY_MS;

  constructor(needs: Needs) {
    this.needs = needs;
    this.rev = needs.rev;
  }

  /** Something changed: keep it on the device, save it when the keys have rested. */
  change(): void {
    if (this.closed) return;
    this.dirty = true;
    this.changes += 1;
    this.keepCopy();
    this.needs.tell("saving", {});
    this.later(PAUSE_MS);
  }

  /**
   * Save now, if there is anything; `leaving` when the page may be gone before the answer.
   * One save at a time: a second one under way with the same revision would look like another tab's.
   */
  async flush(leaving = false): Promise<void> {
    while (this.flight) await this.flight;
    this.needs.stop(this.timer);
    if (!this.dirty || this.closed) return;
    this.flight = this.save(leaving);
    await this.flight;
  }

  private async save(leaving: boolean): Promise<void> {
    const sent = this.changes;
    try {
      this.settle(await this.needs.send({ rev: this.rev, ...this.needs.read() }, leaving), sent);
    } finally {
      this.flight = null;
    }
  }

  /** Text of this device that the server does not have; null when there is none. */
  unsaved(): Copy | null {
    return copyOf(this.needs.shelf, this.needs.id);
  }

  /** The server has it all (submitted): nothing stays on the device. */
  forget(): void {
    this.closed = true;
    this.dirty = false;
    this.needs.stop(this.timer);
    this.dropCopy();
  }

  /** Drop what the device keeps, and go on. */
  dropCopy(): void {
    try {
      this.needs.shelf.removeItem(this.key);
    } catch {
      // a device that keeps nothing has nothing to drop
    }
  }

  /** Go on in this tab although another one has saved since. */
  takeOver(rev: number): void {
    this.rev = rev;
    this.closed = false;
    this.dirty = true;
    void this.flush();
  }

  private get key(): string {
    return PLACE + this.needs.id;
  }

  private later(milliseconds: number): void {
    this.needs.stop(this.timer);
    this.timer = this.needs.wait(() => void this.flush(), milliseconds);
  }

  private keepCopy(): void {
    const copy: Copy = { ...this.needs.read(), rev: this.rev, at: this.needs.now() };
    try {
      this.needs.shelf.setItem(this.key, JSON.stringify(copy));
    } catch {
      // full or forbidden: the server's copy is the one that counts
    }
  }

  private settle(answer: Answer, sent: number): void {
    if (this.closed) return;
    if (answer.status >= 200 && answer.status < 300 && typeof answer.data["rev"] === "number") {
      this.saved(answer, sent);
      return;
    }
    const state = FINAL[answer.status];
    if (state === undefined && answer.status > 0 && answer.status < SERVER_FAULT) {
      this.needs.tell("failed", answer.data);
      return;
    }
    if (state === "stale" || state === "expired") this.closed = true;
    if (state === "expired" && typeof answer.data["rev"] === "number" && sent === this.changes) this.dropCopy(); // kept by the server
    this.needs.tell(state ?? "offline", answer.data);
    if (state === undefined) {
      this.later(this.retry);
      this.retry = Math.min(this.retry * 2, RETRY_LONGEST_MS);
    }
  }

  private saved(answer: Answer, sent: number): void {
    this.rev = answer.data["rev"] as number;
    this.retry = RETRY_MS;
    if (sent !== this.changes) {
      this.keepCopy();
      this.later(PAUSE_MS);
      return;
    }
    this.dirty = false;
    this.dropCopy();
    this.needs.tell("saved", answer.data);
  }
}
