const SVG = "http://www.w3.org/2000/svg";

/** One icon of the sprite; it must be named in quotes where it is used, so that the build finds it. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "ic");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${document.body.dataset["icons"] ?? ""}#i-${name}`);
  svg.append(use);
  return svg;
}
