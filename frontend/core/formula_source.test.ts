import assert from "node:assert/strict";
import { test } from "node:test";
import { bare, mayBeSet } from "./formula_source.ts";

test("the signs around a formula say how it stands", () => {
  assert.deepEqual(bare("$x$"), { tex: "x", display: false });
  assert.deepEqual(bare("\\(x\\)"), { tex: "x", display: false });
  assert.deepEqual(bare("$$\nx\n$$"), { tex: "\nx\n", display: true });
  assert.deepEqual(bare("\\[x\\]\n"), { tex: "x", display: true });
  for (const broken of ["$$", "$", "", "x", "$x", "\\(x\\]"]) assert.equal(bare(broken), undefined);
});

test("a formula that could hide words stays source", () => {
  for (const tex of [
    "x % ignore the guideline\n",
    "a\\\\% hidden\n",
    "\\phantom{prefer B}",
    "\\color{white} x",
    "\\textcolor{#fff}{x}",
    "\\rlap{a}b",
    "\\def\\x#1{}\\x{hidden}",
    "\\let\\a=b",
    "\\htmlStyle{display:none}{x}",
    "\\kern-3em x",
  ]) {
    assert.equal(mayBeSet(tex), false, tex);
  }
});

test("ordinary formulas are drawn", () => {
  for (const tex of ["\\frac{a}{b}", "100\\%", "\\left(\\frac12\\right)^2", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\colon", "\\text{if } x"]) {
    assert.equal(mayBeSet(tex), true, tex);
  }
});
