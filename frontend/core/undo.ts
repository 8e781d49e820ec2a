/** What was before: steps back and forth through whole states. */
export class History<T> {
  private readonly back: T[] = [];
  private readonly forth: T[] = [];

  /** Keep the state before a change. */
  keep(before: T): void {
    this.back.push(before);
    this.forth.length = 0;
  }

  /** The state before the last change, or undefined; `now` can be had again by redo. */
  undo(now: T): T | undefined {
    return this.step(this.back, this.forth, now);
  }

  /** The state that was undone last, or undefined. */
  redo(now: T): T | undefined {
    return this.step(this.forth, this.back, now);
  }

  private step(from: T[], to: T[], now: T): T | undefined {
    const found = from.pop();
    if (found !== undefined) to.push(now);
    return found;
  }
}
