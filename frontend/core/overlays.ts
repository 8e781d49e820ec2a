/** Popovers without anchor positioning in the browser are put under their button here. */
const anchored = CSS.supports("position-area", "block-end");
const GAP = 6;

function opener(id: string): HTMLElement | null {
  return document.querySelector<HTMLElement>(`[popovertarget="${CSS.escape(id)}"]`);
}

function place(menu: HTMLElement): void {
  const button = opener(menu.id);
  if (!button) return;
  const at = button.getBoundingClientRect();
  const size = menu.getBoundingClientRect();
  const below = at.bottom + GAP + size.height <= window.innerHeight;
  const left = Math.min(Math.max(at.right - size.width, GAP * 2), window.innerWidth - size.width - GAP * 2);
  menu.style.setProperty("margin", "0");
  menu.style.setProperty("left", `${left}px`);
  menu.style.setProperty("top", `${below ? at.bottom + GAP : Math.max(at.top - GAP - size.height, GAP)}px`);
}

/** Menus and dialogs: arrows walk through a menu, a popover dialog becomes modal, state is told to the button. */
export function watchOverlays(): void {
  document.addEventListener(
    "toggle",
    (event) => {
      const box = event.target;
      if (!(box instanceof HTMLElement) || !box.id) return;
      const open = (event as ToggleEvent).newState === "open";
      opener(box.id)?.setAttribute("aria-expanded", String(open));
      if (open && box.classList.contains("menu") && !anchored) place(box);
    },
    true,
  );
  document.addEventListener("keydown", (event) => {
    const menu = event.target instanceof Element ? event.target.closest<HTMLElement>(".menu:popover-open") : null;
    if (!menu || !["ArrowDown", "ArrowUp", "Home", "End"].includes(event.key)) return;
    const items = [...menu.querySelectorAll<HTMLElement>("a[href], button")].filter((item) => item.offsetParent);
    const here = items.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 }[event.key] ?? 0;
    items[(next + items.length) % items.length]?.focus();
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button[popovertarget]") : null;
    const box = document.getElementById(button?.getAttribute("popovertarget") ?? "");
    if (!(box instanceof HTMLDialogElement) || button?.getAttribute("popovertargetaction") === "hide") return;
    event.preventDefault(); // a dialog is better modal: the page behind it rests
    box.removeAttribute("popover");
    box.showModal();
  });
  document.addEventListener("click", (event) => {
    const box = event.target instanceof Element ? event.target.closest("dialog") : null;
    const back = event.target instanceof Element ? event.target.closest('[popovertargetaction="hide"]') : null;
    if (box?.open && (back || event.target === box)) box.close();
  });
}
