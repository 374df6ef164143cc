import { Seal } from "@/components/ui/seal";

/** The seal on a delivered order: the one moment that moves. */
export function Stamp({ label }: Readonly<{ label: string }>) {
  return (
    <div className="shrink-0 -rotate-6 text-center motion-safe:animate-stamp">
      <Seal className="mx-auto size-14" />
      <span className="mt-1 block text-xs font-semibold tracking-widest text-cinnabar">{label}</span>
    </div>
  );
}
