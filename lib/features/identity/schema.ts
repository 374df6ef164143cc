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

export const SignInForm = z.object({
  email: z.string().min(1).max(limits.emailMax).transform(normalizeEmail),
  password: Password,
  /** Where the visitor was going; only a path of our own pages is followed. */
  next: z
    .string()
    .regex(/^\/(zh|en)\/(merchant|admin|account)(?:[/?][\w\-/?=&%.:+]*)?$/)
    .optional()
    .catch(undefined),
});

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
