// The workspace, the review screen and the desk of appeals. Reading and sending work without this; drafts, keys and clocks need it.
import { openReview } from "./workspace/review.ts";
import { openTask } from "./workspace/task.ts";

const form = document.querySelector<HTMLFormElement>("form#answer");
if (form) void openTask(form);
else if (document.body.classList.contains("rev") || document.querySelector("[data-undo], #keys")) openReview();
