/** Words as the server counts them: runs with a letter or a digit; one a letter in scripts without spaces. */
export const UNSPACED = "\\u0e00-\\u0eff\\u1000-\\u109f\\u1780-\\u17ff\\u3040-\\u30ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\u{20000}-\\u{3ffff}";
const WORD = new RegExp(`[${UNSPACED}]|[^\\s${UNSPACED}]+`, "gu");
const SAYS = /[\p{L}\p{N}]/u;

export function countWords(text: string): number {
  return (text.match(WORD) ?? []).filter((word) => SAYS.test(word)).length;
}
