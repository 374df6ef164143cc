import type { ComponentProps } from "react";
import type { ActionForm } from "@/components/form/action-form";
import type { RemedyQuery } from "@/lib/features/reconciliation/remedy-schema";
import type { FindingPage } from "@/lib/flows/read-finding-page";
import type { Locale } from "@/lib/i18n/locale";
import type { Viewer } from "@/lib/kernel/viewer";

type FormAction = ComponentProps<typeof ActionForm>["action"];

/** What every part of a finding's remedies is given: who looks, at what, with which choices, and the actions of the page. */
export interface RemediesProps {
  readonly locale: Locale;
  readonly viewer: Viewer;
  readonly page: FindingPage;
  readonly query: RemedyQuery;
  readonly actions: { readonly apply: FormAction; readonly decide: FormAction };
}
