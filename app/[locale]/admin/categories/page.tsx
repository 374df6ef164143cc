import type { Metadata } from "next";
import { CategoriesView } from "@/components/admin/categories-view";
import { requireRole } from "@/lib/entry/session";
import { getMessages } from "@/lib/i18n";
import { toLocale } from "@/lib/i18n/locale";
import { removeCategoryAction, saveCategoryAction } from "../actions";

interface PageProps {
  params: Promise<{ locale: string }>;
}

export async function generateMetadata({ params }: PageProps): Promise<Metadata> {
  return { title: getMessages(toLocale((await params).locale)).selling.categories.title };
}

export default async function CategoriesPage({ params }: PageProps) {
  const locale = toLocale((await params).locale);
  await requireRole("admin", locale, "/admin/categories");
  return <CategoriesView locale={locale} actions={{ save: saveCategoryAction, remove: removeCategoryAction }} />;
}
