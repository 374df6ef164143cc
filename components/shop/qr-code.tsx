import { create } from "qrcode";

const MARGIN = 2;

/** A QR code drawn on the server, dark on white in both themes because cameras expect it. */
export function QrCode({ text, title, isLarge }: Readonly<{ text: string; title: string; isLarge?: boolean }>) {
  const { modules } = create(text, { errorCorrectionLevel: "L" });
  const { size, data } = modules;
  let path = "";
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) if (data[y * size + x]) path += `M${x + MARGIN} ${y + MARGIN}h1v1h-1z`;
  }
  const edge = size + 2 * MARGIN;
  return (
    <svg
      viewBox={`0 0 ${edge} ${edge}`}
      shapeRendering="crispEdges"
      className={`aspect-square w-full rounded-md border bg-white ${isLarge ? "max-w-72" : "max-w-56"}`}
    >
      <title>{title}</title>
      <path d={path} className="fill-black" />
    </svg>
  );
}
