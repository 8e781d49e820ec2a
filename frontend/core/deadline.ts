/** Time left on a task: what is shown, and what is said once when it gets short. */
export type Level = "" | "warn" | "last" | "over";

export interface View {
  text: string;
  minutes: number;
  level: Level;
  /** A sentence, only at the moment the level is reached. */
  said: string | null;
}

const WARN = 300;
const LAST = 60;

/** `24:10`, `1:04:10`. */
export function duration(seconds: number): string {
  const left = Math.max(Math.floor(seconds), 0);
  const [hours, minutes, rest] = [Math.floor(left / 3600), Math.floor((left % 3600) / 60), left % 60];
  const tail = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

function levelOf(seconds: number): Level {
  if (seconds <= 0) return "over";
  if (seconds <= LAST) return "last";
  return seconds <= WARN ? "warn" : "";
}

export class Deadline {
  /** How many times time can still be added. */
  left: number;
  /** What one extension adds. */
  readonly minutes: number;
  private expires: number;
  private pausedUntil = 0;
  private level: Level = "";

  /** `expires` in milliseconds of the server's clock; `minutes` is what one extension adds. */
  constructor(expires: number, extensions: number, minutes: number) {
    this.expires = expires;
    this.left = extensions;
    this.minutes = minutes;
  }

  /** Later than before: what the server says. */
  extend(expires: number, extensions: number): void {
    this.expires = expires;
    this.left = extensions;
    this.level = "";
  }

  /** A question rests the deadline until then (milliseconds of the server's clock); the time left stands still. */
  rest(until: number): void {
    this.pausedUntil = Number.isFinite(until) ? until : 0;
  }

  isResting(now: number): boolean {
    return now < this.pausedUntil;
  }

  get canExtend(): boolean {
    return this.left > 0;
  }

  /** What to show at `now` (milliseconds of the server's clock). */
  look(now: number): View {
    const seconds = (this.expires - Math.max(now, this.pausedUntil)) / 1000;
    const level = levelOf(seconds);
    const reached = level !== "" && level !== this.level;
    this.level = level;
    return {
      text: duration(seconds),
      minutes: Math.max(Math.ceil(seconds / 60), 0),
      level,
      said: reached ? `${this.sentence(level)}${this.canExtend ? ` Press T to add ${this.minutes} minutes.` : ""}` : null,
    };
  }

  /** What the note says at this level. */
  sentence(level: Level): string {
    if (level === "over") return "Your time is up. Submit now; what you wrote is kept in any case.";
    return level === "last" ? "Less than 1 minute left." : "5 minutes left.";
  }
}
