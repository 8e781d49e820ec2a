/** Lines of JSON out of a stream of text that is cut anywhere. */
export class Lines {
  private rest = "";

  /** The whole lines that came to their end with this piece; what is no object is left out. */
  take(piece: string): Record<string, unknown>[] {
    const parts = (this.rest + piece).split("\n");
    this.rest = parts.pop() ?? "";
    return parts.flatMap(read);
  }
}

function read(line: string): Record<string, unknown>[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? [value as Record<string, unknown>] : [];
  } catch {
    return [];
  }
}
