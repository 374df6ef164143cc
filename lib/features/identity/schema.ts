import { z } from "zod";
import { limits } from "@/lib/kernel/limits";
import { Secret } from "@/lib/kernel/secret";
import { normalizeEmail } from "./rules";

const Email = z.string().max(limits.emailMax).transform(normalizeEmail).pipe(z.email());
/** Bounded here, judged by `judgePassword`; a Secret from the first moment. */
const Password = z
  .string()
  .min(1)
  .max(1_000)
  .transform((text) => new Secret(text));

/** Where the visitor was going; only a path of our own pages is followed. */
const OwnPath = z
  .string()
  .regex(/^\/(zh|en)\/(merchant|admin|account)(?:[/?][\w\-/?=&%.:+]*)?$/)
  .optional()
  .catch(undefined);

export const SignInForm = z.object({
  email: z.string().min(1).max(limits.emailMax).transform(normalizeEmail),
  password: Password,
  next: OwnPath,
});

/** Six digits of an authenticator or a recovery code, however it was written down. */
const Code = z
  .string()
  .trim()
  .min(6, "wrong_code")
  .max(40, "wrong_code")
  .transform((text) => new Secret(text));

export const FactorForm = z.object({ code: Code, next: OwnPath });

export const CodeForm = z.object({ code: Code });

/** A code or a password: which of them the page asked for is in the account, not in the form. */
export const StepUpForm = z.object({ answer: Password, next: OwnPath });

/** The address a page was sent from or to, when it is one of ours. */
export const NextQuery = z.object({ next: OwnPath });

const Base64 = (max: number) =>
  z
    .string()
    .max(max)
    .regex(/^[A-Za-z0-9_-]+$/);

/** What a browser hands over of a device's answer, new key or proof; only what is looked at. */
const PasskeyAnswer = z.object({
  id: Base64(1_400).min(16),
  rawId: Base64(1_400),
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: Base64(limits.passkeyAnswerLettersMax),
    attestationObject: Base64(limits.passkeyAnswerLettersMax).optional(),
    authenticatorData: Base64(limits.passkeyAnswerLettersMax).optional(),
    signature: Base64(limits.passkeyAnswerLettersMax).optional(),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,20}$/))
      .max(10)
      .optional()
      .catch(undefined),
  }),
  clientExtensionResults: z.object({}).default({}),
});
export type PasskeyAnswer = z.output<typeof PasskeyAnswer>;

/** The answer comes as the text of its JSON: a form has only texts. */
const PasskeyText = z
  .string()
  .max(limits.passkeyAnswerLettersMax * 3, "passkey_refused")
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue({ code: "custom", message: "passkey_refused" });
      return z.NEVER;
    }
  })
  .pipe(PasskeyAnswer);

export const ShowPasskeyForm = z.object({ answer: PasskeyText, next: OwnPath });

export const AddPasskeyForm = z.object({
  answer: PasskeyText,
  name: z.string().trim().min(1, "required").max(limits.passkeyNameMax, "too_long"),
});

export const PasskeyIdForm = z.object({ passkeyId: z.string().max(1_400) });

export const SetupForm = z.object({
  token: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  email: Email,
  password: Password,
});

export const ChangePasswordForm = z.object({ current: Password, password: Password });

export const SessionForm = z.object({ sessionId: z.uuid() });

export const NoFields = z.object({});

export const NewMerchantForm = z.object({
  name: z.string().trim().min(1).max(120),
  slug: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/),
  email: Email,
  password: Password,
});

export const UserForm = z.object({ userId: z.uuid() });
export const UserStatusForm = UserForm.extend({ status: z.enum(["active", "disabled"]) });
export const ResetFactorForm = UserForm.extend({
  reason: z.string().trim().min(1, "required").max(limits.resetReasonMax),
});
