// Chain of thought on this page: given steps are judged, or steps are written.
import { Judge } from "./steps_judge.ts";
import { Outline } from "./steps_write.ts";
import { $, type Start } from "./work.ts";

export const start: Start = (frame) => ($("[data-step]") ? new Judge(frame) : new Outline(frame));
