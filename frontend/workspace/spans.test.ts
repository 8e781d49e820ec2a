import assert from "node:assert/strict";
import { test } from "node:test";
import { beside, blocks, flaggedIn, open, sentenceAt, snapped, stretched, Text, type Range } from "./spans.ts";

const EMOJI = "🙂 The clinic opened in 1998.";
const all = (text: Text): string => blocks(text, [], []).flatMap(({ pieces }) => pieces.map((piece) => piece.text)).join("");

test("an emoji is one code point and two units", () => {
  const text = new Text(EMOJI);
  assert.equal(text.length, EMOJI.length - 1);
  assert.equal(text.slice(23, 27), "1998");
  assert.equal(text.point(EMOJI.indexOf("1998")), 23);
  assert.equal(text.unit(23), EMOJI.indexOf("1998"));
  assert.equal(text.point(1), 0); // inside of the pair
});

test("every place leads there and back, in any script", () => {
  for (const raw of ["", "abc", "e\u0301te\u0301", "👩‍👩‍👧 ok", "مرحبا 🌍 1998", "a\r\nb\u2028c", "𝔘𝔫𝔦"]) {
    const text = new Text(raw);
    assert.equal(text.length, [...raw].length);
    for (let point = 0; point <= text.length; point += 1) assert.equal(text.point(text.unit(point)), point);
    assert.equal(text.slice(0, text.length), raw);
  }
});

test("a selection loses its spaces and grows to whole words", () => {
  const text = new Text("The clinic opened in 1998. It has 40 beds.");
  const words = text.words();
  assert.deepEqual(snapped(text, words, 22, 23), [21, 25]);
  assert.deepEqual(snapped(text, words, 20, 26), [21, 26]);
  assert.deepEqual(snapped(text, words, 25, 21), [21, 25]); // selected backwards
  assert.deepEqual(snapped(text, words, 5, 14), [4, 17]);
  assert.equal(snapped(text, words, 26, 27), null);
  assert.equal(snapped(text, words, 3, 3), null);
});

test("letters stay whole: accents, joined emoji, flags", () => {
  const text = new Text("cafe\u0301 👩‍👩‍👧 🇫🇷!");
  const letters = text.letters();
  assert.deepEqual(snapped(text, letters, 3, 4), [3, 5]);
  assert.deepEqual(snapped(text, letters, 6, 7), [6, 11]);
  assert.equal(text.slice(...(snapped(text, letters, 12, 13) ?? [0, 0])), "🇫🇷");
});

test("scripts without spaces have words too", () => {
  const text = new Text("診療所は1998年に開業した。");
  const words = text.words();
  assert.ok(words.length > 3);
  assert.ok(words.every(([start, end]) => end > start));
});

test("arrows go from word to word and stretch one edge", () => {
  const words: Range[] = [[0, 3], [4, 10], [11, 17]];
  assert.deepEqual(beside(words, { start: 0, end: 3 }, 1), [4, 10]);
  assert.deepEqual(beside(words, { start: 11, end: 17 }, -1), [4, 10]);
  assert.equal(beside(words, { start: 0, end: 3 }, -1), null);
  assert.deepEqual(stretched(words, [0, 3], "end", 1), [0, 10]);
  assert.deepEqual(stretched(words, [0, 10], "end", -1), [0, 3]);
  assert.deepEqual(stretched(words, [0, 3], "end", -1), [0, 3]); // something stays chosen
  assert.deepEqual(stretched(words, [4, 10], "start", -1), [0, 10]);
  assert.deepEqual(stretched(words, [0, 10], "start", 1), [4, 10]);
  assert.deepEqual(stretched(words, [4, 10], "start", 1), [4, 10]);
  assert.deepEqual(stretched(words, [11, 17], "end", 1), [11, 17]);
});

test("sentences are open until they are ticked or flagged", () => {
  const sentences: Range[] = [[0, 26], [27, 42]];
  assert.deepEqual(open(sentences, [], []), [0, 1]);
  assert.deepEqual(open(sentences, [1], [{ start: 21, end: 25 }]), []);
  assert.deepEqual(open(sentences, [], [{ start: 20, end: 30 }]), []);
  assert.deepEqual(open(sentences, [], [{ start: 0, end: 0 }]), [0, 1]); // a flag without a place
  assert.equal(flaggedIn([0, 26], [{ start: 26, end: 27 }]), false);
  assert.equal(sentenceAt(sentences, 26), 0);
  assert.equal(sentenceAt(sentences, 27), 1);
  assert.equal(sentenceAt([[2, 3]], 0), 0);
  assert.equal(sentenceAt([], 0), -1);
});

test("the text is drawn letter for letter, whatever is flagged", () => {
  for (const raw of [EMOJI, "a b\nc", "e\u0301 🙂 مرحبا"]) assert.equal(all(new Text(raw)), raw);
  const text = new Text(EMOJI);
  const flags = [{ start: 6, end: 27 }, { start: 23, end: 27 }];
  const pieces = blocks(text, [[0, 28]], flags).flatMap((block) => block.pieces);
  assert.equal(pieces.map((piece) => piece.text).join(""), EMOJI);
  assert.deepEqual(pieces.map((piece) => piece.flags), [[], [0], [0, 1], []]);
  assert.deepEqual(pieces.map((piece) => piece.begins), [[], [0], [1], []]);
});

test("what nobody can see is shown, and keeps its place", () => {
  const text = new Text("a\u202eb\r\nc");
  const pieces = blocks(text, [], []).flatMap((block) => block.pieces);
  assert.deepEqual(pieces.map((piece) => piece.text), ["a", "⟨U+202E⟩", "b", "", "\nc"]);
  assert.deepEqual(pieces.map((piece) => [piece.at, piece.end]), [[0, 1], [1, 2], [2, 3], [3, 4], [4, 6]]);
});

test("what stands around a flag is at most 32 characters long", () => {
  const text = new Text(`${"🙂".repeat(40)}x${"é".repeat(40)}`);
  const { prefix, suffix } = text.around({ start: 40, end: 41 });
  assert.equal([...prefix].length, 32);
  assert.equal([...suffix].length, 32);
});
