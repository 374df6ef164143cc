import type { NextRequest } from "next/server";
import { keepEvidencePicture, readEvidencePicture } from "@/lib/features/disputes/pictures";
import { findBuyersDispute } from "@/lib/features/disputes/queries";
import { BuyerAnswerForm, ReportForm } from "@/lib/features/disputes/schema";
import type { OrderView } from "@/lib/features/orders/view";
import { answerDispute } from "@/lib/flows/answer-dispute";
import { openDispute } from "@/lib/flows/open-dispute";
import { writeEvidencePack } from "@/lib/flows/write-evidence-pack";
import { toLocale } from "@/lib/i18n/locale";
import { fromPublicId, toPublicId } from "@/lib/kernel/id";
import { limits } from "@/lib/kernel/limits";
import { type Deps, getDeps } from "@/lib/platform/deps";
import { hashAddress } from "./client-address";
import { readPictureForm } from "./dispute-form";
import { findHeldOrder } from "./held-orders";
import { orderPath } from "./order-access";
import { currentClient } from "./peer";
import { takeRate } from "./rate-limit";
import { currentSession } from "./session";
import { isFromOurPage } from "./upload";

interface Params {
  readonly locale: string;
  readonly id: string;
}
export interface DisputeParams extends Params {
  readonly dispute: string;
}

/** The same for a missing order, a foreign one, and a form that no page of ours has sent. */
const notFound = () => new Response("Not found\n", { status: 404, headers: { "Cache-Control": "no-store" } });

/** On to a page of ours; a form that was sent is not sent again by going back. */
const goTo = (path: string) =>
  new Response(null, { status: 303, headers: { Location: path, "Cache-Control": "no-store" } });

/** Why something was not taken, in the address of the page that says so. */
const refusedAt = (path: string, code: string, more: Readonly<Record<string, string>> = {}) =>
  goTo(`${path}?${new URLSearchParams({ ...more, refused: code })}`);

/** The order, if this browser holds it and a page of ours sent the form. */
async function findSender(request: NextRequest, deps: Deps, id: string): Promise<OrderView | null> {
  return isFromOurPage(request, deps) ? findHeldOrder(deps, id) : null;
}

/** Keeps what is a picture; the first refusal is told, and the others are kept all the same. */
async function keepPictures(deps: Deps, disputeId: string, pictures: readonly Buffer[]): Promise<string | null> {
  let refused: string | null = pictures.length > limits.disputePicturesPerSending ? "too_many_pictures" : null;
  for (const bytes of pictures.slice(0, limits.disputePicturesPerSending)) {
    const kept = await keepOne(deps, disputeId, bytes);
    if (kept !== null) refused ??= kept;
  }
  return refused;
}

async function keepOne(deps: Deps, disputeId: string, bytes: Buffer): Promise<string | null> {
  if (bytes.length > limits.pictureBytesMax) return "picture_too_large";
  const kept = await keepEvidencePicture(deps, disputeId, bytes);
  return kept.ok ? null : kept.error;
}

/** A report, with or without pictures: a plain form, so that it works without scripts. A refused picture does not lose the words. */
export async function answerReport(request: NextRequest, { locale: language, id }: Params): Promise<Response> {
  const deps = getDeps();
  const order = await findSender(request, deps, id);
  if (!order) return notFound();
  const path = orderPath(toLocale(language), order.id);
  const client = await currentClient();
  if (!(await takeRate(deps, "form", client.address)).ok) return refusedAt(`${path}/disputes/new`, "rate_limited");
  const form = await readPictureForm(request, ReportForm);
  if (!form.ok) return refusedAt(`${path}/disputes/new`, form.error);
  const { input, pictures } = form.value;
  const opened = await openDispute(deps, {
    ...input,
    orderId: order.id,
    addressHash: client.ip ? hashAddress(deps.keys, client.ip) : null,
    userAgent: client.userAgent,
    addressKey: client.address,
  });
  const card = { ...(input.position !== null && { card: String(input.position) }) };
  if (!opened.ok) return refusedAt(`${path}/disputes/new`, opened.error, card);
  const thread = `${path}/disputes/${toPublicId("dispute", opened.value.disputeId)}`;
  const refused = await keepPictures(deps, opened.value.disputeId, pictures);
  return refused ? refusedAt(thread, refused) : goTo(thread);
}

/** A buyer's answer in his thread, with or without pictures. */
export async function answerAnswer(request: NextRequest, params: DisputeParams): Promise<Response> {
  const deps = getDeps();
  const order = await findSender(request, deps, params.id);
  const disputeId = fromPublicId("dispute", params.dispute);
  if (!order || !disputeId.ok) return notFound();
  const dispute = await findBuyersDispute(deps, { orderId: order.id, disputeId: disputeId.value });
  if (!dispute) return notFound();
  const thread = `${orderPath(toLocale(params.locale), order.id)}/disputes/${params.dispute}`;
  const client = await currentClient();
  if (!(await takeRate(deps, "form", client.address)).ok) return refusedAt(thread, "rate_limited");
  const form = await readPictureForm(request, BuyerAnswerForm);
  if (!form.ok) return refusedAt(thread, form.error);
  const { input, pictures } = form.value;
  if (input.text === "" && pictures.length === 0 && !input.callAdmin) return refusedAt(thread, "required");
  const author = { kind: "buyer", orderId: order.id } as const;
  const answered = await answerDispute(deps, author, { ...input, disputeId: dispute.id });
  if (!answered.ok) return refusedAt(thread, answered.error);
  const refused = await keepPictures(deps, dispute.id, pictures);
  return refused ? refusedAt(thread, refused) : goTo(`${thread}#latest`);
}

/** What a picture of a case is shown with: to be looked at here, by whom it was given to, and kept by nobody. */
const PRIVATE_PICTURE = {
  "Content-Type": "image/webp",
  "Cache-Control": "private, no-store",
  "X-Content-Type-Options": "nosniff",
  "Content-Disposition": "inline",
  "Cross-Origin-Resource-Policy": "same-origin",
} as const;

const PICTURE_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A picture of a report, for the browser that holds its order. */
export async function answerBuyersPicture(params: DisputeParams & { readonly picture: string }): Promise<Response> {
  const deps = getDeps();
  const order = await findHeldOrder(deps, params.id);
  if (!order || !PICTURE_ID.test(params.picture)) return notFound();
  const bytes = await readEvidencePicture(deps, { orderId: order.id }, params.picture);
  return bytes ? new Response(bytes, { headers: PRIVATE_PICTURE }) : notFound();
}

/** The same for whoever is signed in and may see the dispute: its merchant, or an admin. */
export async function answerStaffPicture(pictureId: string): Promise<Response> {
  const session = await currentSession();
  if (!session || !PICTURE_ID.test(pictureId)) return notFound();
  const bytes = await readEvidencePicture(getDeps(), { viewer: session.viewer }, pictureId);
  return bytes ? new Response(bytes, { headers: PRIVATE_PICTURE }) : notFound();
}

/** The evidence of a chargeback as a file, for an admin; on record. */
export async function answerPack(publicId: string, language: string | null): Promise<Response> {
  const session = await currentSession();
  const id = fromPublicId("dispute", publicId);
  if (session?.viewer.kind !== "admin" || !id.ok) return notFound();
  const pack = await writeEvidencePack(getDeps(), session.viewer, {
    disputeId: id.value,
    locale: toLocale(language ?? ""),
  });
  if (!pack.ok) return notFound();
  return new Response(pack.value.bytes, {
    headers: {
      "Content-Type": "application/pdf",
      "Content-Disposition": `attachment; filename="${pack.value.name}"`,
      "Cache-Control": "private, no-store",
      "X-Content-Type-Options": "nosniff",
    },
  });
}
