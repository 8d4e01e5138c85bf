// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Passwords: what is accepted, how they are kept and compared, and how much hashing there may be. */
import { type Mutant, mutantsOf } from '../mutant.ts';

const TESTS = ['accounts.test.ts', 'throttling.test.ts'];

const hashing = mutantsOf({ file: 'src/users/passwords.ts', tests: TESTS }, [
  {
    id: 'any-password-right',
    requirement: '6.2.3',
    what: 'Every password is right.',
    find: 'return matches && hash !== null;',
    replace: 'return (matches || true) && hash !== null;',
    tests: ['login.test.ts', 'reauthentication.test.ts'],
  },
  {
    id: 'password-of-nobody-right',
    requirement: '6.3.8',
    what: 'There is a password that is right for nobody.',
    find: 'return matches && hash !== null;',
    replace: 'return matches;',
  },
  {
    id: 'nobody-costs-nothing',
    requirement: '6.3.8',
    what: 'An unknown address is answered at once: the time tells which are registered.',
    find: 'const matches = await bounded(() => argon2.verify(hash ?? DUMMY_HASH, password));',
    replace: `if (hash === null) return false;
  const matches = await bounded(() => argon2.verify(hash ?? DUMMY_HASH, password));`,
  },
  {
    id: 'hash-without-parameters',
    requirement: '11.4.2',
    what: 'Hashes are made with whatever parameters the library takes.',
    find: 'bounded(() => argon2.hash(password, policy.PASSWORD_HASHING))',
    replace: 'bounded(() => argon2.hash(password, { memoryCost: 4096, timeCost: 1 }))',
  },
  {
    id: 'hash-with-one-salt',
    requirement: '11.4.2',
    what: 'All hashes have the same salt: one table of guesses breaks all.',
    find: 'bounded(() => argon2.hash(password, policy.PASSWORD_HASHING))',
    replace:
      'bounded(() => argon2.hash(password, { ...policy.PASSWORD_HASHING, salt: Buffer.alloc(16, 7) }))',
  },
  {
    id: 'weak-hashes-stay',
    requirement: '11.4.2',
    what: 'Hashes of earlier parameters are never renewed.',
    find: 'return !hash.startsWith(',
    replace: "return hash === '' && !hash.startsWith(",
  },
  {
    id: 'hashes-unbounded',
    requirement: 'hash.bound',
    what: 'A flood of logins fills the memory with hashes.',
    find: 'pLimit(policy.PASSWORD_HASHES_AT_ONCE)',
    replace: 'pLimit(1000 * policy.PASSWORD_HASHES_AT_ONCE)',
  },
  {
    id: 'queue-unbounded',
    requirement: 'hash.bound',
    what: 'A flood of logins makes everybody wait for minutes.',
    find: "if (limit.pendingCount >= policy.PASSWORD_HASH_QUEUE) throw new ApiError('busy', { retryAfterMs: BUSY_RETRY_MS });",
    replace: '',
  },
  {
    id: 'busy-without-retry-after',
    requirement: 'hash.bound',
    what: 'A client is not told when to try again.',
    find: "throw new ApiError('busy', { retryAfterMs: BUSY_RETRY_MS });",
    replace: "throw new ApiError('busy');",
  },
]);

const policy = mutantsOf({ file: 'src/security-policy.ts', tests: TESTS }, [
  {
    id: 'eight-characters',
    requirement: '6.2.1',
    also: ['NIST 3.1.1.2'],
    what: 'Eight characters are enough, where the password is the only factor.',
    find: 'PASSWORD_MIN_LENGTH = 15',
    replace: 'PASSWORD_MIN_LENGTH = 8',
  },
  {
    id: 'at-most-forty-characters',
    requirement: '6.2.9',
    also: ['NIST 3.1.1.2'],
    what: 'Long pass phrases are refused.',
    find: 'PASSWORD_MAX_LENGTH = 128',
    replace: 'PASSWORD_MAX_LENGTH = 40',
  },
  {
    id: 'little-memory',
    requirement: '11.4.2',
    what: 'A hash takes four mebibytes.',
    find: 'memoryCost: 19_456',
    replace: 'memoryCost: 4096',
  },
  {
    id: 'one-pass',
    requirement: '11.4.2',
    what: 'A hash takes one pass.',
    find: 'timeCost: 2',
    replace: 'timeCost: 1',
  },
  {
    id: 'another-algorithm',
    requirement: '11.4.2',
    what: 'Hashes are of argon2i, which resists guessing less.',
    find: 'parallelism: 1 }',
    replace: 'parallelism: 1, algorithm: 1 }',
  },
]);

const rules = mutantsOf({ file: 'src/users/passwords.ts', tests: TESTS }, [
  {
    id: 'fourteen-characters',
    requirement: '6.2.1',
    what: 'One character less than the policy says is enough.',
    find: 'length < least)',
    replace: 'length < least - 1)',
  },
  {
    id: 'length-in-code-units',
    requirement: '6.2.1',
    what: 'Eight emoji count as sixteen characters.',
    find: '[...password].length',
    replace: 'password.length',
  },
  {
    id: 'no-longest-password',
    requirement: '6.2.9',
    what: 'A password of any length is hashed.',
    find: 'if (length > most) return `Use at most ${most} characters.`;',
    replace: '',
  },
  {
    id: 'longest-password-refused',
    requirement: '6.2.9',
    what: 'The longest password that the policy allows is refused.',
    find: 'length > most)',
    replace: 'length >= most)',
  },
  {
    id: 'capitals-wanted',
    requirement: '6.2.5',
    what: 'A password must mix kinds of characters.',
    find: 'const length = [...password].length;',
    replace:
      "if (!/[A-Z]/.test(password)) return 'Use a capital letter.';\n  const length = [...password].length;",
  },
  {
    id: 'digits-wanted',
    requirement: '6.2.5',
    what: 'A password must hold a digit.',
    find: 'const length = [...password].length;',
    replace: "if (!/[0-9]/.test(password)) return 'Use a digit.';\n  const length = [...password].length;",
  },
  {
    id: 'common-passwords-taken',
    requirement: '6.2.4',
    also: ['NIST 3.1.1.2'],
    what: 'What everybody would try first is accepted.',
    find: 'COMMON_PASSWORDS.has(password) || ',
    replace: '',
  },
  {
    id: 'common-passwords-in-capitals',
    requirement: '6.2.4',
    what: 'A capital letter makes a common password pass.',
    find: 'isGuessable(password.toLowerCase(), email)',
    replace: 'isGuessable(password, email)',
  },
  {
    id: 'repetition-taken',
    requirement: '6.2.4',
    what: 'A short password written several times passes for a long one.',
    find: 'isShortRepeated || ',
    replace: '(isShortRepeated && false) || ',
  },
  {
    id: 'few-characters-taken',
    requirement: '6.2.4',
    what: 'A password of four different characters passes.',
    find: 'isMonotonous || ',
    replace: '(isMonotonous && false) || ',
  },
  {
    id: 'address-as-password',
    requirement: '6.2.4',
    what: 'The e-mail address passes as the password.',
    find: ' || password === email',
    replace: '',
  },
  {
    id: 'half-characters-taken',
    requirement: '6.2.8',
    what: 'A password that cannot be encoded is kept as another one.',
    find: "if (!password.isWellFormed()) return 'The password contains characters that cannot be stored.';",
    replace: '',
  },
]);

const inputs = mutantsOf({ file: 'src/routes/input.ts', tests: TESTS }, [
  {
    id: 'password-cut-at-72',
    requirement: '6.2.8',
    also: ['NIST 3.1.1.2'],
    what: 'What stands behind 72 characters does not count.',
    find: 'const password = z.string().min(1);',
    replace: 'const password = z.string().min(1).transform((text) => text.slice(0, 72));',
  },
  {
    id: 'password-trimmed',
    requirement: '6.2.8',
    what: 'Spaces at the ends of a password do not count.',
    find: 'const password = z.string().min(1);',
    replace: 'const password = z.string().trim().min(1);',
  },
  {
    id: 'password-without-case',
    requirement: '6.2.8',
    what: 'Capitals in a password do not count.',
    find: 'const password = z.string().min(1);',
    replace: 'const password = z.string().toLowerCase().min(1);',
  },
  {
    id: 'password-normalised',
    requirement: '6.2.8',
    what: 'Two spellings of an accent are one password.',
    find: 'const password = z.string().min(1);',
    replace: "const password = z.string().normalize('NFKC').min(1);",
  },
  {
    id: 'rules-not-asked-at-registration',
    requirement: '6.2.1',
    what: 'A registration takes any password.',
    find: 'const message = passwordProblem(password, email);',
    replace: 'const message = passwordProblem(password, email) && null;',
  },
  {
    id: 'rules-not-asked-at-change',
    requirement: '6.2.1',
    what: 'A password change takes any password.',
    find: 'const message = passwordProblem(newPassword, email);',
    replace: 'const message = passwordProblem(newPassword, email) && null;',
    tests: ['reauthentication.test.ts'],
  },
  {
    id: 'address-as-new-password',
    requirement: '6.2.4',
    what: 'A password change takes the e-mail address.',
    find: 'const message = passwordProblem(newPassword, email);',
    replace: "const message = passwordProblem(newPassword, email && '');",
    tests: ['reauthentication.test.ts'],
  },
]);

const accounts = mutantsOf({ file: 'src/users/accounts.ts', tests: ['login.test.ts', ...TESTS] }, [
  {
    id: 'wrong-password-signs-in',
    requirement: '6.2.3',
    what: 'A wrong password signs in.',
    find: '!user || !isRight || user.disabled',
    replace: '!user || user.disabled',
    tests: ['login.test.ts', 'reauthentication.test.ts'],
  },
  {
    id: 'unknown-user-not-hashed',
    requirement: '6.3.8',
    what: 'For an unknown address no password is hashed: the time tells which are registered.',
    find: 'const isRight: boolean = await verifyPassword(user?.passwordHash ?? null, password);',
    replace: 'const isRight = user !== null && (await verifyPassword(user.passwordHash, password));',
  },
  {
    id: 'unknown-user-told',
    requirement: '6.3.8',
    what: 'The answer tells that an address is not registered.',
    find: 'const isRight: boolean = await verifyPassword(user?.passwordHash ?? null, password);',
    replace: `const isRight: boolean = await verifyPassword(user?.passwordHash ?? null, password);
      if (!user) throw new ApiError('not_found');`,
  },
  {
    id: 'disabled-account-told',
    requirement: '6.3.8',
    what: 'The answer tells that an account is disabled, before the password is known to be right.',
    find: 'const isRight: boolean = await verifyPassword(user?.passwordHash ?? null, password);',
    replace: `const isRight: boolean = await verifyPassword(user?.passwordHash ?? null, password);
      if (user?.disabled) throw new ApiError('invalid_credentials', { detail: 'The account is disabled.' });`,
    tests: ['accounts.test.ts'],
  },
  {
    id: 'weak-hash-not-renewed',
    requirement: '11.4.2',
    what: 'A weaker hash is not renewed at a login.',
    find: 'await users.renewHash(user.id, user.credentialVersion, await hashPassword(password));',
    replace: '',
  },
  {
    id: 'change-without-current-password',
    requirement: '6.2.3',
    what: 'Whoever finds a browser signed in can change the password.',
    find: 'const { credentialVersion } = await accounts.confirm(user, current, address, sessionId);',
    replace: 'const { credentialVersion } = user;\n      void current;',
    tests: ['reauthentication.test.ts'],
  },
  {
    id: 'change-keeps-the-old-password',
    requirement: '6.2.2',
    what: 'A password change leaves the old password good.',
    find: 'await hashPassword(next)',
    replace: 'await hashPassword(next && current)',
    tests: ['reauthentication.test.ts'],
  },
  {
    id: 'change-changes-nothing',
    requirement: '6.2.2',
    what: 'A password change ends sessions and leaves the hash.',
    find: 'await hashPassword(next)',
    replace: '(await hashPassword(next), user.passwordHash)',
    tests: ['reauthentication.test.ts'],
  },
  {
    id: 'change-answered-before-it-is-done',
    requirement: '15.4.2',
    what: 'A change that somebody else was faster with is answered as done.',
    find: "if (!changed) throw new ApiError('invalid_credentials');",
    replace: 'if (!changed) return user;',
    tests: ['reauthentication.test.ts'],
  },
]);

const routes = (['express', 'fastify', 'koa'] as const).flatMap((framework) => {
  const [registered, loggedIn] = {
    express: [
      'response.status(201).json({ user: publicUser(user) })',
      'remember(user)).json({ user: publicUser(user) })',
    ],
    fastify: [
      'reply.code(201).send({ user: publicUser(user) })',
      'remember(user)).send({ user: publicUser(user) })',
    ],
    koa: [
      'ctx.status = 201;\n    ctx.body = { user: publicUser(user) }',
      "clientOf(ctx));\n    ctx.append('Set-Cookie', devices.remember(user));\n    ctx.body = { user: publicUser(user) }",
    ],
  }[framework] as [string, string];
  const told = (find: string, id: string, what: string) => ({
    id,
    requirement: '11.4.2',
    what,
    find,
    replace: find.replace('publicUser(user)', '{ ...publicUser(user), ...user }'),
  });
  return mutantsOf({ file: 'src/routes/auth.ts', frameworks: [framework], tests: ['login.test.ts'] }, [
    told(registered, 'hash-told-at-registration', 'A registration answers with the hash of the password.'),
    told(loggedIn, 'hash-told-at-login', 'A login answers with the hash of the password.'),
  ]);
});

export const PASSWORDS: Mutant[] = [...hashing, ...policy, ...rules, ...inputs, ...accounts, ...routes];
