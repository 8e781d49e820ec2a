// What moves on the page of this type: found by its slug.
export { start } from "../flag.ts";
