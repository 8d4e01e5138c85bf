/**
 * What requests may hold. Values that fail are answered with 400 and reach no engine; keys that are not named here
 * are dropped, `__proto__` among them.
 */
import { z } from 'zod';
import { Problem } from '../problems.ts';
import { MAX_CART_ITEMS, MAX_CART_LINES } from '../security-policy.ts';
import { passwordProblem } from '../users/password-rules.ts';

/** No spaces, no control characters, no half of a surrogate pair; one address has one spelling. */
const emailAddress = z
  .string()
  .max(254)
  .regex(/^[^\s\p{C}@]+@[^\s\p{C}@]+$/u, 'not an e-mail address')
  .transform((text) => text.normalize('NFC').toLowerCase());

/** A password as it was typed. Only a new one is held to the rules. */
const password = z.string().min(1);

export const loginInput = z.object({ email: emailAddress, password });

export const registrationInput = loginInput.superRefine(({ email, password }, context) => {
  const message = passwordProblem(password, email);
  if (message) context.addIssue({ code: 'custom', path: ['password'], message });
});

export const reauthenticationInput = z.object({ password });

export function passwordChangeInput(email: string) {
  return z.object({ currentPassword: password, newPassword: password }).superRefine(({ newPassword }, context) => {
    const message = passwordProblem(newPassword, email);
    if (message) context.addIssue({ code: 'custom', path: ['newPassword'], message });
  });
}

const cartItem = z.object({
  sku: z.string().regex(/^[\w.-]{1,64}$/),
  quantity: z.int().min(1).max(MAX_CART_ITEMS),
});

export const cartInput = z.object({
  items: z
    .array(cartItem)
    .max(MAX_CART_LINES)
    .refine((items) => items.reduce((sum, { quantity }) => sum + quantity, 0) <= MAX_CART_ITEMS, {
      message: `at most ${MAX_CART_ITEMS} items`,
    }),
});

/**
 * @returns the values, without unknown keys
 * @throws Problem `invalid_input`, naming each field and never repeating its value
 */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const detail = result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new Problem('invalid_input', { detail: detail.join('; ') });
}
