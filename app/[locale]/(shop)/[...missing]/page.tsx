import type { Metadata } from "next";
import { PageMissing } from "@/components/shop/page-missing";
import { answerNotFound } from "@/lib/entry/answer-not-found";
import { getMessages } from "@/lib/i18n";
import { localeOf } from "../page-locale";

interface MissingProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: MissingProps): Promise<Metadata> {
  return { title: getMessages(await localeOf(params)).shop.missing.title, robots: { index: false } };
}

/** Every address that no other page answers. */
export default async function Missing({ params }: MissingProps) {
  const locale = await localeOf(params);
  answerNotFound();
  return <PageMissing locale={locale} />;
}
