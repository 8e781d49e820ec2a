/** Says one sentence to people who use a screen reader: politely, or at once when `now`. */
export function say(text: string, now = false): void {
  const region = document.getElementById(now ? "shout" : "say") ?? document.getElementById("say");
  if (!region) return;
  region.textContent = ""; // the same sentence twice is announced twice
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
