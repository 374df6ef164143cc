import type { Metadata } from "next";
import { Door } from "@/components/merchant/door";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { SetupForm } from "./setup-form";

interface SetupPageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: SetupPageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).staff.setup.title };
}

export default async function SetupPage({ params }: SetupPageProps) {
  const locale = toLocale((await params).locale);
  const { setup, signIn, errors } = getMessages(locale).staff;
  return (
    <Door locale={locale} title={setup.title} lead={setup.lead}>
      <SetupForm locale={locale} t={{ ...setup, email: signIn.email, password: signIn.password }} errors={errors} />
    </Door>
  );
}
