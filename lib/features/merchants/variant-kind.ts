import { limits } from "@/lib/kernel/limits";

type Refuse = (name: string, message: string) => void;

interface KindFields {
  readonly kind: "unique" | "manual";
  readonly manualHours: number | null;
  readonly fieldZh: readonly string[];
  readonly fieldEn: readonly string[];
  readonly fieldRequired: readonly string[];
  readonly presaleAt: Date | null;
  readonly presaleCap: number | null;
  readonly quantityMax: number;
}

/** How the variant comes to be, as its columns hold it: what does not go with its kind is left out. */
export function readKind(given: KindFields, refuse: Refuse) {
  const { kind, manualHours, fieldZh, fieldEn, fieldRequired, presaleAt, presaleCap } = given;
  const isManual = kind === "manual";
  if (isManual && manualHours === null) refuse("manualHours", "manual_hours_required");
  if (isManual && given.quantityMax > limits.manualQuantityMax) refuse("quantityMax", "manual_quantity");
  if (isManual && presaleAt) refuse("presaleAt", "presale_manual");
  if ((presaleAt === null) !== (presaleCap === null)) refuse("presaleCap", "presale_incomplete");
  const rows = fieldZh.map((zh, at) => ({
    zh: zh.trim(),
    en: (fieldEn[at] ?? "").trim(),
    required: fieldRequired[at],
  }));
  const asked = rows.filter(({ zh, en }) => zh !== "" || en !== "").slice(0, limits.buyerFieldsMax);
  const isWrong = ({ zh, en }: { zh: string; en: string }) =>
    zh === "" || en === "" || Math.max(zh.length, en.length) > limits.buyerFieldLettersMax;
  if (asked.some(isWrong)) refuse("fieldZh", "field_incomplete");
  const buyerFields = asked.map(({ zh, en, required }, at) => ({
    key: `f${at + 1}`,
    zh,
    en,
    isRequired: required !== "no",
  }));
  return {
    kind,
    manualHours: isManual ? manualHours : null,
    buyerFields: isManual ? buyerFields : [],
    presaleAt: isManual ? null : presaleAt,
    presaleCap: isManual ? null : presaleCap,
  };
}
