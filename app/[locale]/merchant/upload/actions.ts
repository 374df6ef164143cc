"use server";

import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { merchantOnly, signedIn } from "@/lib/entry/guards";
import { StartForm, UploadForm } from "@/lib/features/imports/schema";
import { ShareForm } from "@/lib/features/inventory/schema";
import { PasteForm } from "@/lib/features/merchants/schema";
import { KeysForm } from "@/lib/features/quota/schema";
import { generateKeys } from "@/lib/flows/generate-keys";
import { shareSecret } from "@/lib/flows/share-secret";
import { startImport } from "@/lib/flows/start-import";
import { cancelCardUpload, pasteCards } from "@/lib/flows/upload-cards";
import { toPublicId } from "@/lib/kernel/id";

export const startImportAction = action({
  schema: StartForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => startImport(deps, viewer, input),
  onOk: ({ uploadId }, { locale, viewer }) =>
    redirect(`/${locale}/${viewer.kind}/upload/${toPublicId("upload", uploadId)}`),
});

export const cancelUploadAction = action({
  schema: UploadForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => cancelCardUpload(deps, viewer, input.uploadId),
  onOk: ({ uploadId }, { locale, viewer }) =>
    redirect(`/${locale}/${viewer.kind}/upload/${toPublicId("upload", uploadId)}`),
});

/** The way for browsers without scripts: the whole text in one form, which then is looked at like any other file. */
export const pasteCardsAction = action({
  schema: PasteForm,
  guards: [signedIn],
  run: ({ input, deps, viewer }) => pasteCards(deps, viewer, input),
  onOk: ({ uploadId }, { locale, viewer }) =>
    redirect(`/${locale}/${viewer.kind}/upload/${toPublicId("upload", uploadId)}`),
});

export const shareSecretAction = action({
  schema: ShareForm,
  guards: [merchantOnly],
  run: ({ input, deps, viewer }) => shareSecret(deps, viewer, input),
  onOk: ({ batchId }, { locale, viewer }) =>
    redirect(`/${locale}/${viewer.kind}/batches/${toPublicId("batch", batchId)}`),
});

export const generateKeysAction = action({
  schema: KeysForm,
  guards: [merchantOnly],
  run: ({ input, deps, viewer }) => generateKeys(deps, viewer, input),
  onOk: ({ batchId }, { locale, viewer }) =>
    redirect(`/${locale}/${viewer.kind}/batches/${toPublicId("batch", batchId)}`),
});
