"use client";

import { useActionState, useEffect, useRef, useState, useTransition } from "react";
import { describedBy, Field } from "@/components/form/field";
import { Input } from "@/components/ui/input";
import { Notice } from "@/components/ui/notice";
import type { getMessages } from "@/lib/i18n";
import { fill, formatCount } from "@/lib/i18n/format";
import type { Locale } from "@/lib/i18n/locale";
import { randomHex } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { placeOrderAction } from "./actions";
import { BuyBar } from "./buy-bar";
import type { BuyChosen, BuyField, BuyGateway, BuyState, BuyVariant } from "./buy-state";
import { ChosenCard } from "./chosen-card";
import { GatewayPicker } from "./gateway-picker";
import { PromisePart } from "./promise-part";
import { QuantityStepper } from "./quantity-stepper";
import { TierTable } from "./tier-table";
import { VariantPicker } from "./variant-picker";

interface BuyFormProps {
  title: string;
  locale: Locale;
  variants: readonly BuyVariant[];
  gateways: readonly BuyGateway[];
  /** Set where the order is for this card; then there is one variant, and no quantity. */
  card: BuyChosen | null;
  choose: ReturnType<typeof getMessages>["shop"]["choose"];
  t: ReturnType<typeof getMessages>["shop"]["product"];
  band: ReturnType<typeof getMessages>["shop"]["band"];
  errors: ReturnType<typeof getMessages>["errors"];
}

export function BuyForm({ title, locale, variants, gateways, card, choose, t, band, errors }: Readonly<BuyFormProps>) {
  const [answered, plainAction] = useActionState<BuyState, FormData>(placeOrderAction, {});
  const form = useBuyForm(answered);
  const { state } = form;
  const sent = state.values;
  const first = variants.find((variant) => !variant.isSoldOut) ?? variants[0];
  const option = variants.find((variant) => variant.id === (form.variantId ?? sent?.variantId)) ?? first;
  if (!option) return null;
  const extraMinor = state.extraMinor ?? card?.extraMinor ?? "0";
  const chosen = card ? asOneCard(option, BigInt(card.baseMinor) + BigInt(extraMinor)) : option;
  const isTaken = card !== null && (card.isTaken || state.code === "card_taken");
  const quantity = card ? "1" : (form.quantity ?? sent?.quantity ?? String(chosen.quantityMin));
  const gatewaysFor = gateways.filter((gateway) => gateway.currency === chosen.currency);
  const errorOf = (field: BuyField) =>
    state.fields?.[field] ? fill(t.fields[field], boundsOf(field, chosen)) : undefined;
  const quantityHint = fill(t.quantityHint, {
    min: formatCount(chosen.quantityMin, locale),
    max: formatCount(chosen.quantityMax, locale),
  });
  const passwordHint = fill(t.passwordHint, { min: limits.lookupPasswordMin });
  return (
    <form ref={form.ref} action={plainAction} onSubmit={form.submit} onChange={form.change} className="space-y-5">
      <input type="hidden" name="locale" value={locale} />
      <input type="hidden" name="requestKey" value={form.requestKey || state.requestKey || ""} />
      <input type="hidden" name="scripts" value={form.requestKey ? "on" : ""} />
      <Answered
        state={state}
        title={[title, chosen.title, card?.preview].filter(Boolean).join(" ")}
        count={quantity}
        t={t}
        errors={errors}
      />
      <VariantPicker
        variants={card ? [{ ...chosen, priceMinor: card.baseMinor }] : variants}
        chosenId={chosen.id}
        locale={locale}
        label={t.variant}
        band={band}
      />
      {card ? (
        <ChosenCard
          card={card}
          extraMinor={extraMinor}
          currency={chosen.currency}
          isTaken={isTaken}
          isTold={state.code === "card_taken"}
          locale={locale}
          t={choose}
        />
      ) : (
        <Field id="quantity" label={t.quantity} hint={quantityHint} error={errorOf("quantity")}>
          <QuantityStepper
            id="quantity"
            value={quantity}
            min={chosen.quantityMin}
            max={chosen.quantityMax}
            onChange={form.setQuantity}
            t={t}
            describedBy={describedBy({ id: "quantity", hint: quantityHint, error: errorOf("quantity") })}
          />
        </Field>
      )}
      {variants
        .filter((variant) => variant.tiers.length > 0 && !card)
        .map((variant) => (
          <TierTable
            key={variant.id}
            variant={variant}
            isChosen={variant.id === chosen.id}
            quantity={Number.parseInt(quantity, 10) || 0}
            locale={locale}
            t={t}
          />
        ))}
      <PromisePart variant={chosen} answers={sent?.answers ?? {}} t={t} />
      <Field id="email" label={t.email} hint={t.emailHint} error={errorOf("email")}>
        <Input
          id="email"
          name="email"
          type="email"
          required
          maxLength={limits.emailMax}
          autoComplete="email"
          defaultValue={sent?.email}
          {...describedBy({ id: "email", hint: t.emailHint, error: errorOf("email") })}
        />
      </Field>
      <Field id="password" label={t.password} note={t.optional} hint={passwordHint} error={errorOf("password")}>
        <Input
          id="password"
          name="password"
          type="password"
          minLength={limits.lookupPasswordMin}
          maxLength={limits.lookupPasswordMax}
          autoComplete="new-password"
          defaultValue={sent?.password}
          {...describedBy({ id: "password", hint: passwordHint, error: errorOf("password") })}
        />
      </Field>
      <GatewayPicker
        gateways={gatewaysFor}
        chosenId={sent?.gateway ?? gatewaysFor[0]?.id ?? ""}
        label={t.gateway}
        error={gatewaysFor.length === 0 ? t.noGateway : errorOf("gateway")}
      />
      <BuyBar
        variant={chosen}
        quantity={Number.parseInt(quantity, 10) || 0}
        isPending={form.isPending}
        isOpen={!chosen.isSoldOut && gatewaysFor.length > 0}
        instead={card && isTaken ? { why: choose.taken, act: choose.see, href: card.listHref } : null}
        locale={locale}
        t={t}
      />
    </form>
  );
}

interface AnsweredProps extends Pick<BuyFormProps, "title" | "t" | "errors"> {
  state: BuyState;
  count: string;
}

/** What the shop has answered to what was sent: why it was refused, or what is to be confirmed. */
function Answered({ state: { code, confirmTotal }, title, count, t, errors }: Readonly<AnsweredProps>) {
  return (
    <>
      {code ? (
        <Notice tone="seal" role="alert">
          {Object.hasOwn(errors, code) ? errors[code as keyof typeof errors] : errors.unexpected}
        </Notice>
      ) : null}
      {confirmTotal ? (
        <Notice tone="seal" role="alert" title={t.confirmTitle}>
          {fill(t.confirm, { title, count, total: confirmTotal })}
        </Notice>
      ) : null}
    </>
  );
}

/** An option as it is for one chosen card: one piece, at its own price, and in stock for whoever chose it. */
const asOneCard = (option: BuyVariant, priceMinor: bigint): BuyVariant => ({
  ...option,
  priceMinor: priceMinor.toString(),
  quantityMin: 1,
  quantityMax: 1,
  tiers: [],
  isLow: false,
  isSoldOut: option.closed !== "",
});

function boundsOf(field: BuyField, variant: BuyVariant): Record<string, number> {
  return field === "password"
    ? { min: limits.lookupPasswordMin, max: limits.lookupPasswordMax }
    : { min: variant.quantityMin, max: variant.quantityMax };
}

const mintKey = () => `web-${randomHex(32)}`;

/**
 * The form's life with scripts. The key is minted in the browser (the page itself is cached and the same for everyone) and
 * anew with every change, because another content is another intention; pressing twice, or going back and pressing again,
 * sends the same key and finds the same order.
 */
function useBuyForm(answered: BuyState) {
  const ref = useRef<HTMLFormElement>(null);
  const [state, setState] = useState<BuyState>(answered);
  const [requestKey, setRequestKey] = useState("");
  const [variantId, setVariantId] = useState<string>();
  const [quantity, setQuantity] = useState<string>();
  const [isPending, startTransition] = useTransition();
  const change = () => {
    const data = new FormData(ref.current ?? undefined);
    setVariantId(String(data.get("variantId") ?? "") || undefined);
    setRequestKey(mintKey());
  };
  // A browser may have restored or the visitor changed fields before the scripts were there.
  useEffect(() => {
    const data = new FormData(ref.current ?? undefined);
    setVariantId(String(data.get("variantId") ?? "") || undefined);
    setQuantity(String(data.get("quantity") ?? "") || undefined);
    setRequestKey(mintKey());
  }, []);
  useEffect(() => setState(answered), [answered]);
  const submit = (event: React.FormEvent<HTMLFormElement>) => {
    if (!requestKey) return;
    event.preventDefault();
    if (isPending) return;
    const data = new FormData(event.currentTarget);
    startTransition(async () => {
      const next = await send(state, data);
      if (next.href) window.location.assign(next.href);
      startTransition(() => setState(next));
      if (next.code) ref.current?.scrollIntoView({ block: "start", behavior: "smooth" });
    });
  };
  const setQuantityAnew = (value: string) => {
    setQuantity(value);
    setRequestKey(mintKey());
  };
  return { ref, state, requestKey, variantId, quantity, setQuantity: setQuantityAnew, isPending, change, submit };
}

async function send(state: BuyState, data: FormData): Promise<BuyState> {
  try {
    return await placeOrderAction(state, data);
  } catch {
    return { code: "connection_lost" };
  }
}
