import { Minus, Plus } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Input } from "@/components/ui/input";

interface QuantityStepperProps {
  id: string;
  value: string;
  min: number;
  max: number;
  onChange: (value: string) => void;
  t: { decrease: string; increase: string };
  describedBy: { "aria-invalid"?: true; "aria-describedby"?: string };
}

/** A number between its bounds: typed, or stepped with two thumbs-sized buttons. */
export function QuantityStepper({ id, value, min, max, onChange, t, describedBy }: Readonly<QuantityStepperProps>) {
  const current = Number.parseInt(value, 10);
  const step = (by: number) => onChange(String(Math.min(max, Math.max(min, (current || 0) + by))));
  return (
    <div className="flex gap-2">
      <Button
        aria-label={t.decrease}
        onClick={() => step(-1)}
        disabled={current <= min}
        className="w-11 shrink-0 px-0 nojs:hidden"
      >
        <Minus size={18} className="shrink-0" aria-hidden="true" />
      </Button>
      <Input
        id={id}
        name="quantity"
        type="number"
        inputMode="numeric"
        required
        min={min}
        max={max}
        step={1}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        className="figures w-24 flex-1 text-center"
        {...describedBy}
      />
      <Button
        aria-label={t.increase}
        onClick={() => step(1)}
        disabled={current >= max}
        className="w-11 shrink-0 px-0 nojs:hidden"
      >
        <Plus size={18} className="shrink-0" aria-hidden="true" />
      </Button>
    </div>
  );
}
