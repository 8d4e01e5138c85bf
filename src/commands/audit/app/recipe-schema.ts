/** The recipe's JSON schema: printed by --print-schema, and what recipes are checked against. */

/** The part of JSON schema that our own check understands. */
export interface Schema {
  $schema?: string;
  title?: string;
  description?: string;
  type?: 'object' | 'array' | 'string' | 'integer' | 'boolean';
  anyOf?: readonly Schema[];
  enum?: readonly string[];
  pattern?: string;
  examples?: readonly string[];
  items?: Schema;
  properties?: Readonly<Record<string, Schema>>;
  additionalProperties?: false;
  required?: readonly string[];
}

const request: Schema = {
  type: 'string',
  pattern: '^[A-Z]+ /\\S*$',
  examples: ['POST /login'],
};

const string: Schema = { type: 'string' };

const secret: Schema = {
  type: 'string',
  pattern: '^(env|file|prompt):.+',
  examples: ['env:AUDIT_PASSWORD', 'file:password.txt', 'prompt:Password'],
};

const pointer: Schema = { type: 'string', pattern: '^(/.*)?$', examples: ['/user/email'] };

const step = {
  type: 'object',
  properties: { request, json: {}, form: { type: 'object' } },
  required: ['request'],
  additionalProperties: false,
} as const satisfies Schema;

const exactly = (properties: Record<string, Schema>, ...required: string[]): Schema => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const end: Schema = {
  description: 'How long, or where whoAmI says until when.',
  anyOf: [
    { type: 'string', pattern: '^\\d+(s|m|h|d)$', examples: ['30m'] },
    exactly({ json: pointer }, 'json'),
  ],
};

export const RECIPE_SCHEMA: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Recipe of create-secure-session-app audit',
  ...exactly(
    {
      $schema: string,
      origin: { type: 'string', examples: ['https://localhost:3443'] },
      login: { ...step, description: 'With ${USER} and ${PASSWORD}.' },
      whoAmI: exactly(
        {
          request,
          signedIn: {
            description: 'True for exactly the answers that a signed-in user gets.',
            anyOf: [
              exactly({ status: { type: 'integer' } }, 'status'),
              exactly({ json: pointer, equals: {} }, 'json'),
              exactly({ text: string }, 'text'),
              exactly({ redirect: string }, 'redirect'),
            ],
          },
          user: exactly({ json: pointer }, 'json'),
        },
        'request',
        'signedIn',
      ),
      logout: step,
      home: {
        ...request,
        description: 'A page for visitors. GET / unless it says another.',
        examples: ['GET /shop/'],
      },
      protected: { type: 'array', items: request, description: 'Other requests that only users may make.' },
      register: { ...step, description: '${USER} and ${PASSWORD} are made up. Two users are registered.' },
      unregister: { ...step, description: 'Removes the account of the signed-in user.' },
      password: { ...step, description: 'With ${PASSWORD} and ${NEW_PASSWORD}. Put back afterwards.' },
      reauthenticate: { ...step, properties: { ...step.properties, until: end } },
      sessions: exactly(
        {
          list: request,
          items: { ...pointer, description: 'Of the array in the answer; empty for the whole answer.' },
          id: pointer,
          current: pointer,
          revoke: { ...request, description: 'With ${ID}.' },
        },
        'list',
        'items',
        'id',
        'revoke',
      ),
      dangerous: { ...request, description: 'A request that should ask for the password again.' },
      change: { ...step, description: 'A harmless request that alters something.' },
      csrf: exactly(
        {
          from: request,
          css: {
            type: 'string',
            pattern: '^(form\\[[\\w-]+=[^\\]]+\\] )?[a-z]+\\[[\\w-]+=.+\\]$',
            examples: ['input[name=_csrf]', 'form[action=/login] input[name=_csrf]'],
          },
          header: string,
          cookie: string,
          json: pointer,
          as: {
            type: 'string',
            pattern: '^(field|header) \\S+$',
            examples: ['field _csrf', 'header X-CSRF-Token'],
          },
        },
        'from',
        'as',
      ),
      users: { type: 'array', items: exactly({ USER: string, PASSWORD: secret }, 'USER', 'PASSWORD') },
      idle: end,
      absolute: end,
      cookieLifetime: { type: 'string', enum: ['session', 'absolute'] },
      httpPort: { type: 'integer', description: 'Where the app answers plain http.' },
    },
    'login',
    'whoAmI',
    'logout',
  ),
};
