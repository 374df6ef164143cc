import type { Locale } from "./locale";
import { admin as enAdmin } from "./messages/en/admin";
import { developers as enDevelopers } from "./messages/en/developers";
import { disputes as enDisputes } from "./messages/en/disputes";
import { errors as enErrors } from "./messages/en/errors";
import { findings as enFindings } from "./messages/en/findings";
import { gateways as enGateways, settingsProblems as enProblems } from "./messages/en/gateways";
import { imports as enImports } from "./messages/en/imports";
import { kinds as enKinds } from "./messages/en/kinds";
import { life as enLife } from "./messages/en/life";
import { merchant as enMerchant } from "./messages/en/merchant";
import { money as enMoney } from "./messages/en/money";
import { pools as enPools } from "./messages/en/pools";
import { quotas as enQuotas } from "./messages/en/quotas";
import { reports as enReports } from "./messages/en/reports";
import { security as enSecurity } from "./messages/en/security";
import { selling as enSelling } from "./messages/en/selling";
import { shop as enShop } from "./messages/en/shop";
import { staff as enStaff } from "./messages/en/staff";
import { statements as enStatements } from "./messages/en/statements";
import { transfers as enTransfers } from "./messages/en/transfers";
import { vault as enVault } from "./messages/en/vault";
import { wallets as enWallets } from "./messages/en/wallets";
import { admin as zhAdmin } from "./messages/zh/admin";
import { developers as zhDevelopers } from "./messages/zh/developers";
import { disputes as zhDisputes } from "./messages/zh/disputes";
import { errors as zhErrors } from "./messages/zh/errors";
import { findings as zhFindings } from "./messages/zh/findings";
import { gateways as zhGateways, settingsProblems as zhProblems } from "./messages/zh/gateways";
import { imports as zhImports } from "./messages/zh/imports";
import { kinds as zhKinds } from "./messages/zh/kinds";
import { life as zhLife } from "./messages/zh/life";
import { merchant as zhMerchant } from "./messages/zh/merchant";
import { money as zhMoney } from "./messages/zh/money";
import { pools as zhPools } from "./messages/zh/pools";
import { quotas as zhQuotas } from "./messages/zh/quotas";
import { reports as zhReports } from "./messages/zh/reports";
import { security as zhSecurity } from "./messages/zh/security";
import { selling as zhSelling } from "./messages/zh/selling";
import { shop as zhShop } from "./messages/zh/shop";
import { staff as zhStaff } from "./messages/zh/staff";
import { statements as zhStatements } from "./messages/zh/statements";
import { transfers as zhTransfers } from "./messages/zh/transfers";
import { vault as zhVault } from "./messages/zh/vault";
import { wallets as zhWallets } from "./messages/zh/wallets";

const messages = {
  zh: {
    shop: zhShop,
    staff: zhStaff,
    merchant: zhMerchant,
    imports: zhImports,
    admin: zhAdmin,
    money: zhMoney,
    errors: zhErrors,
    gateways: zhGateways,
    settingsProblems: zhProblems,
    transfers: zhTransfers,
    statements: zhStatements,
    wallets: zhWallets,
    life: zhLife,
    security: zhSecurity,
    vault: zhVault,
    selling: zhSelling,
    developers: zhDevelopers,
    pools: zhPools,
    reports: zhReports,
    kinds: zhKinds,
    quotas: zhQuotas,
    disputes: zhDisputes,
    findings: zhFindings,
  },
  en: {
    shop: enShop,
    staff: enStaff,
    merchant: enMerchant,
    imports: enImports,
    admin: enAdmin,
    money: enMoney,
    errors: enErrors,
    gateways: enGateways,
    settingsProblems: enProblems,
    transfers: enTransfers,
    statements: enStatements,
    wallets: enWallets,
    life: enLife,
    security: enSecurity,
    vault: enVault,
    selling: enSelling,
    developers: enDevelopers,
    pools: enPools,
    reports: enReports,
    kinds: enKinds,
    quotas: enQuotas,
    disputes: enDisputes,
    findings: enFindings,
  },
} as const;

/** Everything the shop says, in one language. Plain texts only, so any part may be handed to a client component. */
export const getMessages = (locale: Locale) => messages[locale];

export type ErrorCode = keyof typeof zhErrors;

/** The sentence for a refusal; a code without one gets the honest general sentence. */
export function errorSentence(code: string, locale: Locale): string {
  const { errors } = messages[locale];
  return Object.hasOwn(errors, code) ? errors[code as ErrorCode] : errors.unexpected;
}
