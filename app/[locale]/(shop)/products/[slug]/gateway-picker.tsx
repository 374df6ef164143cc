import type { BuyGateway } from "./buy-state";

interface GatewayPickerProps {
  gateways: readonly BuyGateway[];
  chosenId: string;
  label: string;
  error?: string;
}

export function GatewayPicker({ gateways, chosenId, label, error }: Readonly<GatewayPickerProps>) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">{label}</legend>
      <div className="grid gap-2">
        {gateways.map((gateway) => (
          <label
            key={gateway.id}
            className="relative flex min-h-12 items-center gap-3 rounded-md border border-edge bg-surface px-3 py-2 has-checked:border-ink has-checked:ring-1 has-checked:ring-ink has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-cinnabar hover:border-ink"
          >
            <input
              type="radio"
              name="gateway"
              value={gateway.id}
              defaultChecked={gateway.id === chosenId}
              required
              className="peer absolute inset-0 cursor-pointer appearance-none rounded-md outline-none"
            />
            <span
              aria-hidden="true"
              className="grid size-4.5 shrink-0 place-items-center rounded-full border border-edge peer-checked:border-cinnabar peer-checked:*:bg-seal"
            >
              <span className="size-2 rounded-full" />
            </span>
            <GatewayMark />
            <span className="font-medium">{gateway.title}</span>
          </label>
        ))}
      </div>
      {error ? <p className="mt-1.5 text-sm text-cinnabar">{error}</p> : null}
    </fieldset>
  );
}

/** 易支付 passes a payment on to a wallet: a note and an arrow. */
function GatewayMark() {
  return (
    <svg viewBox="0 0 24 24" className="size-6 shrink-0 text-soft" aria-hidden="true">
      <path
        d="M3.5 6.5h13v11h-13zM7 12a3 3 0 1 0 6 0 3 3 0 0 0-6 0M18 9l3 3-3 3M14.5 12H21"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
