"use server";

import { refresh } from "next/cache";
import { redirect } from "next/navigation";
import { action } from "@/lib/entry/action";
import { adminOnly, steppedUp } from "@/lib/entry/guards";
import { resumeAudited, runProof } from "@/lib/entry/proof";
import { resetFactor } from "@/lib/features/identity/enrol";
import { setUserStatus } from "@/lib/features/identity/people";
import { NewMerchantForm, NoFields, ResetFactorForm, UserStatusForm } from "@/lib/features/identity/schema";
import { removeCategory, saveCategory } from "@/lib/features/merchants/categories";
import { haltProduct, resumeProduct } from "@/lib/features/merchants/save-product";
import { CategoryForm, CategoryIdForm, HaltForm, ResumeForm } from "@/lib/features/merchants/schema";
import { ResumeAuditedForm } from "@/lib/features/operations/schema";
import { AccountIdForm, GatewayAccountForm, TestPaymentForm, TestPaymentIdForm } from "@/lib/features/payments/schema";
import { checkGatewayAccount } from "@/lib/flows/check-gateway-account";
import { createMerchant } from "@/lib/flows/create-merchant";
import { saveGatewayAccount } from "@/lib/flows/save-gateway-account";
import { testGatewayAccount } from "@/lib/flows/test-gateway-account";
import { checkTestPayment, refundTestPayment, startTestPayment } from "@/lib/flows/test-payment";
import { ok } from "@/lib/kernel/result";

export const haltProductAction = action({
  schema: HaltForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => haltProduct(deps, viewer, input),
  onOk: () => refresh(),
});

export const resumeProductAction = action({
  schema: ResumeForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => resumeProduct(deps, viewer, input.productId),
  onOk: () => refresh(),
});

export const saveCategoryAction = action({
  schema: CategoryForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => saveCategory(deps, viewer, input),
  onOk: () => refresh(),
});

export const removeCategoryAction = action({
  schema: CategoryIdForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => removeCategory(deps, viewer, input.categoryId),
  onOk: () => refresh(),
});

export const saveGatewayAccountAction = action({
  schema: GatewayAccountForm,
  guards: [adminOnly, steppedUp],
  run: ({ input, deps, viewer }) => saveGatewayAccount(deps, viewer, input),
  onOk: (_, { input, locale }) => {
    if (input.version === null) redirect(`/${locale}/admin/gateways/${input.id}`);
    refresh();
  },
});

/** Its report is what the form shows. */
export const checkGatewayAccountAction = action({
  schema: AccountIdForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => checkGatewayAccount(deps, viewer, input.accountId),
  onOk: (report) => report,
});

export const startTestPaymentAction = action({
  schema: TestPaymentForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => startTestPayment(deps, viewer, input),
  onOk: () => refresh(),
});

export const checkTestPaymentAction = action({
  schema: TestPaymentIdForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => checkTestPayment(deps, viewer, input.testId),
  onOk: (state) => {
    refresh();
    return state;
  },
});

export const refundTestPaymentAction = action({
  schema: TestPaymentIdForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => refundTestPayment(deps, viewer, input.testId),
  onOk: () => refresh(),
});

/** Its report is what the form shows. */
export const testGatewayAccountAction = action({
  schema: AccountIdForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => testGatewayAccount(deps, viewer, input.accountId),
  onOk: (report) => report,
});

export const createMerchantAction = action({
  schema: NewMerchantForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => createMerchant(deps, viewer, input),
  onOk: () => refresh(),
});

export const setUserStatusAction = action({
  schema: UserStatusForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => setUserStatus(deps, viewer, input),
  onOk: () => refresh(),
});

export const resetFactorAction = action({
  schema: ResetFactorForm,
  guards: [adminOnly, steppedUp],
  run: ({ input, deps, viewer }) => resetFactor(deps, viewer, input),
  onOk: () => refresh(),
});

export const runProofAction = action({
  schema: NoFields,
  guards: [adminOnly],
  run: async () => ok(await runProof()),
  onOk: () => refresh(),
});

export const resumeAuditedAction = action({
  schema: ResumeAuditedForm,
  guards: [adminOnly],
  run: ({ input, deps, viewer }) => resumeAudited(deps, { ...input, viewer }),
  onOk: () => refresh(),
});
