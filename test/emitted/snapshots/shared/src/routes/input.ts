/**
 * What may a request contain? Values that fail are answered with 400 and never reach the database. Keys that are not
 * named here are dropped, `__proto__` among them.
 */
import { z } from 'zod';
import { ApiError } from '../errors.ts';
import { MAX_CART_ITEMS, MAX_CART_LINES } from '../security-policy.ts';
import { passwordProblem } from '../users/passwords.ts';

/** No spaces, no control or invisible characters, no half of a surrogate pair. One address has one spelling. */
export const emailAddress = z
  .string()
  .max(254)
  .regex(/^[^\s\p{C}\p{DI}@]+@[^\s\p{C}\p{DI}@]+$/u, 'not an email address')
  .transform((text) => text.normalize('NFC').toLowerCase().normalize('NFC'));

/** A password as it was typed. Only a new one has to follow the rules. */
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

const cartItem = z.object({ sku: z.string().regex(/^[\w.-]{1,64}$/), quantity: z.int().min(1).max(MAX_CART_ITEMS) });
const cartItems = z.array(cartItem).max(MAX_CART_LINES);
const total = (items: z.infer<typeof cartItems>) => items.reduce((sum, { quantity }) => sum + quantity, 0);

export const cartInput = z.object({
  items: cartItems.refine((items) => total(items) <= MAX_CART_ITEMS, `at most ${MAX_CART_ITEMS} items`),
});

/**
 * @returns the values, without unknown keys
 * @throws ApiError `invalid_input`, which names each field and never repeats its value
 */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const detail = result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new ApiError('invalid_input', { detail: detail.join('; ') });
}
