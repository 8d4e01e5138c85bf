// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the text of another source
/** Proxies, plain HTTP and TLS. */
import { type Mutant, mutantsOf } from '../mutant.ts';
import { RULES } from '../rule.ts';

const PROXY = ['https.test.ts', 'config.test.ts'];

const trust = mutantsOf({ file: 'src/protection/https.ts', tests: PROXY }, [
  {
    id: 'everybody-trusted-by-default',
    requirement: '4.1.3',
    also: ['15.3.4'],
    what: 'Without a configured proxy, every client is believed about its address.',
    find: 'const networks = items.map(parseNetwork);',
    replace: 'if (items.length === 0) return () => true;\n  const networks = items.map(parseNetwork);',
  },
  {
    id: 'one-hop-too-many',
    requirement: '4.1.3',
    what: 'One more address than there are proxies is believed: the one that the client wrote.',
    find: 'hop < hops',
    replace: 'hop <= hops',
  },
  {
    id: 'hops-without-bound',
    requirement: '4.1.3',
    what: 'Any number of proxies is accepted, so that all of the header is believed.',
    find: 'if (hops < 1 || hops > MAX_HOPS)',
    replace: 'if (hops < 1)',
  },
  {
    id: 'everybody-trusted-by-network',
    requirement: '4.1.3',
    what: 'A network that holds everybody is accepted as proxies.',
    find: 'if (bits < MIN_PREFIX[ip.kind()] || holdsIpv4) throw',
    replace: 'if (bits < 0) throw',
  },
  {
    id: 'half-of-everybody-trusted',
    requirement: '4.1.3',
    what: 'Two networks that hold everybody together, such as 0.0.0.0/1 and 128.0.0.0/1, are accepted as proxies.',
    find: 'if (bits < MIN_PREFIX[ip.kind()] || holdsIpv4) throw',
    replace: 'if (bits === 0 || holdsIpv4) throw',
  },
  {
    id: 'network-of-all-mapped-addresses-trusted',
    requirement: '4.1.3',
    what: 'A network of IPv6 that holds all addresses of IPv4, such as ::/7, is accepted as proxies.',
    find: 'if (bits < MIN_PREFIX[ip.kind()] || holdsIpv4) throw',
    replace: 'if (bits < MIN_PREFIX[ip.kind()]) throw',
  },
  {
    id: 'network-of-mapped-addresses-by-its-length',
    requirement: '4.1.3',
    what: '::ffff:0:0/96, which is all of IPv4, is accepted as proxies.',
    find: 'bits < MIN_PREFIX[ip.kind()]',
    replace: 'writtenBits < MIN_PREFIX[written.kind()]',
  },
  {
    id: 'single-address-is-a-network',
    requirement: '4.1.3',
    what: 'An address of one proxy is taken for its whole neighbourhood.',
    find: '? 32 : 128',
    replace: '? 24 : 64',
  },
  {
    id: 'any-network-trusted',
    requirement: '4.1.3',
    what: 'Whoever has an address is believed once there is a proxy.',
    find: 'networks.some(([network, bits]) => ip.kind() === network.kind() && ip.match(network, bits))',
    replace: 'networks.length > 0',
  },
]);

const leftmost = [
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['express'], tests: PROXY }, [
    {
      id: 'leftmost-address-believed',
      requirement: '15.3.4',
      what: 'The address is the one that the client wrote.',
      find: "app.set('trust proxy', config.trustProxy)",
      replace: "app.set('trust proxy', true)",
    },
    {
      id: 'proxies-ignored',
      requirement: '4.1.3',
      what: 'Behind a proxy all clients have the address of the proxy, and are throttled as one.',
      find: "app.set('trust proxy', config.trustProxy)",
      replace: "app.set('trust proxy', false)",
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['fastify'], tests: PROXY }, [
    {
      id: 'leftmost-address-believed',
      requirement: '15.3.4',
      what: 'The address is the one that the client wrote.',
      find: 'trustProxy: config.trustProxy,',
      replace: 'trustProxy: true,',
    },
    {
      id: 'proxies-ignored',
      requirement: '4.1.3',
      what: 'Behind a proxy all clients have the address of the proxy, and are throttled as one.',
      find: 'trustProxy: config.trustProxy,',
      replace: 'trustProxy: false,',
    },
  ]),
  ...mutantsOf({ file: 'src/app.ts', frameworks: ['koa'], tests: PROXY }, [
    {
      id: 'leftmost-address-believed',
      requirement: '15.3.4',
      what: 'The address is the one that the client wrote.',
      find: 'proxyAddr(ctx.req, config.trustProxy)',
      replace: 'proxyAddr(ctx.req, () => true)',
    },
    {
      id: 'proxies-ignored',
      requirement: '4.1.3',
      what: 'Behind a proxy all clients have the address of the proxy, and are throttled as one.',
      find: 'proxyAddr(ctx.req, config.trustProxy)',
      replace: 'proxyAddr(ctx.req, () => false)',
    },
  ]),
];

const addresses = mutantsOf(
  { file: 'src/protection/https.ts', tests: ['https.test.ts', 'throttling.test.ts'] },
  [
    {
      id: 'ipv6-counted-by-address',
      requirement: '6.3.1',
      what: 'A client of IPv6 has as many attempts as addresses: 2^64 times as many.',
      find: '{ ipv4: 32, ipv6: 64 }',
      replace: '{ ipv4: 32, ipv6: 128 }',
    },
    {
      id: 'mapped-addresses-counted-apart',
      requirement: '6.3.1',
      what: 'A client of IPv4 counts as another one where the socket is a dual-stack one.',
      find: "range === 'ipv4Mapped' || ",
      replace: '',
    },
    {
      id: 'mapped-addresses-in-hex-counted-apart',
      requirement: '6.3.1',
      what: 'A client of IPv4 counts as another one where a proxy writes its address as ::ffff:c000:207.',
      find: 'plain(ipaddr.parse(bare))',
      replace: "(bare.includes('.') ? plain(ipaddr.parse(bare)) : ipaddr.parse(bare))",
    },
    {
      id: 'translated-addresses-counted-apart',
      requirement: '6.3.1',
      what: 'A client of IPv4 counts as another one where it comes through NAT64.',
      find: " || range === 'rfc6052'",
      replace: '',
    },
    {
      id: 'ports-counted-apart',
      requirement: '6.3.1',
      what: 'Behind a proxy that appends the port, each connection of a client counts as another client.',
      find: "const ip = parseAddress(address);\n  if (!ip) return '';",
      replace: 'const ip = isIP(address) ? parseAddress(address) : null;\n  if (!ip) return address;',
    },
    {
      id: 'ports-not-understood',
      requirement: '6.3.1',
      what: 'Behind a proxy that appends the port, all clients count as one.',
      find: ".replace(/^\\[(.*)\\](:\\d+)?$|^([\\d.]+):\\d+$/, '$1$3')",
      replace: '',
    },
    {
      id: 'whole-ipv4-address-kept',
      requirement: '7.5.2',
      what: 'The list of sessions keeps whole addresses, which follow a person.',
      find: '{ ipv4: 24, ipv6: 48 }',
      replace: '{ ipv4: 32, ipv6: 48 }',
      tests: ['https.test.ts', 'sessions.test.ts'],
    },
    {
      id: 'whole-ipv6-address-kept',
      requirement: '7.5.2',
      what: 'The list of sessions keeps whole IPv6 addresses, which follow a person.',
      find: '{ ipv4: 24, ipv6: 48 }',
      replace: '{ ipv4: 24, ipv6: 128 }',
    },
  ],
);

const plainHttp = mutantsOf({ file: 'src/protection/https.ts', tests: ['https.test.ts'] }, [
  {
    id: 'forwarded-proto-of-anybody',
    requirement: '4.1.3',
    what: 'Whoever says that a request was https is believed.',
    find: "trustProxy(socket.remoteAddress ?? '', 0) ? headers",
    replace: 'trustProxy !== undefined ? headers',
  },
  {
    id: 'plain-http-served',
    requirement: '12.2.1',
    also: ['NIST 5.1'],
    what: 'The app answers over plain HTTP.',
    find: "if (!isHttps) throw new ApiError('https_required');",
    replace: 'void isHttps;',
  },
  {
    id: 'proxy-need-not-say-https',
    requirement: '12.2.1',
    what: 'A trusted proxy may pass on what came to it in clear.',
    find: '/^https( *, *https)*$/.test(String(forwarded))',
    replace: '!/\\bhttp\\b/.test(String(forwarded))',
  },
  {
    id: 'first-proto-counts',
    requirement: '4.1.3',
    what: 'Of several values of X-Forwarded-Proto the one that the client wrote counts.',
    find: '/^https( *, *https)*$/.test(String(forwarded))',
    replace: '/^https( *,.*)?$/.test(String(forwarded))',
  },
  {
    id: 'last-proto-counts',
    requirement: '12.2.1',
    what: 'Of several proxies only the last one must have been reached by https.',
    find: '/^https( *, *https)*$/.test(String(forwarded))',
    replace: '/^(.*, *)?https$/.test(String(forwarded))',
  },
  {
    id: 'tls-of-the-proxy-counts',
    requirement: '12.2.1',
    what: 'What came to a proxy in clear passes because the proxy itself speaks TLS to the app.',
    find: 'forwarded === undefined ? (socket as Partial<TLSSocket>).encrypted :',
    replace:
      'forwarded === undefined || (socket as Partial<TLSSocket>).encrypted ? (socket as Partial<TLSSocket>).encrypted :',
  },
]);

const pipeline = (['express', 'fastify', 'koa'] as const).flatMap((framework) => {
  const { https: rule } = RULES[framework];
  const [probes, guarded] = {
    express: ['healthRoutes(app, services);', `${rule}\n  healthRoutes(app, services);`],
    fastify: [
      'app.register(healthRoutes, services);',
      `app.register(async (probes) => {
    probes.addHook('onRequest', async ({ raw }) => ${rule.slice(0, -1)});
    probes.register(healthRoutes, services);
  });`,
    ],
    koa: ['const health = new Router(EXACT);', `${rule}\n  const health = new Router(EXACT);`],
  }[framework] as [string, string];
  return mutantsOf({ file: 'src/app.ts', frameworks: [framework], tests: ['https.test.ts'] }, [
    {
      id: 'https-not-required',
      requirement: '12.2.1',
      what: 'The app does not look whether a request came by https.',
      find: rule,
      replace: '',
    },
    {
      id: 'probes-need-https',
      requirement: '12.2.1',
      what: 'Probes, which ask in plain HTTP, find the app down: it is restarted for ever.',
      find: probes,
      replace: guarded,
    },
  ]);
});

const tls = mutantsOf({ file: 'src/protection/https.ts', tests: ['https.test.ts', 'server.test.ts'] }, [
  {
    id: 'old-tls',
    requirement: '12.1.1',
    what: 'TLS 1.0 is spoken.',
    find: "minVersion: 'TLSv1.2',\n  ciphers: 'TLS_AES_256_GCM_SHA384:",
    replace: "minVersion: 'TLSv1',\n  ciphers: 'ALL:@SECLEVEL=0:TLS_AES_256_GCM_SHA384:",
  },
  {
    id: 'old-tls-version-alone',
    requirement: '12.1.1',
    what: 'TLS 1.0 is allowed.',
    find: "minVersion: 'TLSv1.2'",
    replace: "minVersion: 'TLSv1'",
    equivalent: 'All ciphers on the list need TLS 1.2, so no older handshake can succeed.',
  },
  {
    id: 'no-tls-1.3',
    requirement: '12.1.1',
    what: 'The newest TLS is not spoken.',
    find: "minVersion: 'TLSv1.2',",
    replace: "minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2',",
  },
  {
    id: 'ciphers-without-forward-secrecy',
    requirement: '12.1.2',
    what: 'Recorded traffic can be read by whoever gets the key later.',
    find: ":ECDHE+AESGCM:ECDHE+CHACHA20'",
    replace: ":ECDHE+AESGCM:ECDHE+CHACHA20:AES256-GCM-SHA384'",
  },
  {
    id: 'ciphers-cbc',
    requirement: '12.1.2',
    what: 'Ciphers without authenticated encryption are offered.',
    find: ":ECDHE+AESGCM:ECDHE+CHACHA20'",
    replace: ":ECDHE+AESGCM:ECDHE+CHACHA20:ECDHE'",
  },
]);

const REDIRECT = { flags: ['--http-port', '3080'], tests: ['redirect.test.ts'] };

const redirect = mutantsOf({ file: 'src/protection/redirect.ts', ...REDIRECT }, [
  {
    id: 'redirect-to-host-header',
    requirement: '4.1.2',
    what: 'The redirect leads to whatever host the request names.',
    find: '`${origin}${path.pathname',
    replace: '`${request.headers.host ? `https://${request.headers.host}` : origin}${path.pathname',
  },
  {
    id: 'redirect-takes-slashes',
    requirement: '4.1.2',
    what: 'A path that begins with two slashes is taken over.',
    find: "path.pathname.replace(/^\\/+/, '/')",
    replace: 'path.pathname',
  },
  {
    id: 'redirect-takes-absolute-address',
    requirement: '4.1.2',
    what: 'A request line with a whole address is taken over.',
    find: "new URL(`http://local${request.url?.startsWith('/') ? request.url : '/'}`)",
    replace: "new URL(request.url ?? '/', 'http://local')",
  },
  {
    id: 'redirect-without-path',
    requirement: '4.1.2',
    what: 'The redirect forgets where somebody wanted to go.',
    find: "${path.pathname.replace(/^\\/+/, '/')}${path.search}",
    replace: '/${path.search.slice(0, 0)}',
  },
  {
    id: 'redirect-for-posts',
    requirement: '4.1.2',
    what: 'A form that was sent in clear is sent again, and nobody notices.',
    find: "request.method === 'GET' && String(request.headers.accept)",
    replace: 'String(request.headers.accept)',
  },
  {
    id: 'redirect-for-scripts',
    requirement: '4.1.2',
    what: 'A script that speaks plain HTTP goes on doing so unnoticed.',
    find: " && String(request.headers.accept).includes('text/html')",
    replace: '',
  },
]);

const plainPort = mutantsOf({ file: 'src/server.ts', ...REDIRECT }, [
  {
    id: 'redirect-serves-the-app',
    requirement: '12.2.1',
    what: 'The plain port answers as the app, not with a redirect.',
    find: "createBoundedServer(redirectToHttps(config.origins[0] ?? ''), null)",
    replace:
      "createBoundedServer(redirectToHttps === undefined ? app : (_request, response) => response.end('{}'), null)",
  },
]);

const plainPortConfig = mutantsOf({ file: 'src/config.ts', ...REDIRECT }, [
  {
    id: 'plain-listener-by-default',
    requirement: '4.1.2',
    what: 'A listener for plain HTTP runs without being asked for.',
    find: 'HTTP_PORT: port.optional(),',
    replace: 'HTTP_PORT: port.default(3080),',
  },
]);

const tlsOptions = mutantsOf(
  { file: 'src/protection/connections.ts', tests: ['https.test.ts', 'server.test.ts'] },
  [
    {
      id: 'server-without-tls-options',
      requirement: '12.1.2',
      what: 'The process takes whatever protocols and ciphers Node takes by default.',
      find: '...TLS_OPTIONS, ',
      replace: '',
    },
  ],
);

const databases = [
  ...mutantsOf({ file: 'src/database/connection.ts', stores: ['postgres'], tests: ['config.test.ts'] }, [
    {
      id: 'database-without-verified-tls',
      requirement: '12.3.1',
      what: 'Production reads sessions over a connection that anybody between can read.',
      find: "=== 'verify-full' ? null",
      replace: "!== 'disable' ? null",
    },
    {
      id: 'database-certificate-not-verified',
      requirement: '12.3.1',
      what: 'Production takes any server for its database.',
      find: "=== 'verify-full' ? null",
      replace: '!== null ? null',
    },
    {
      id: 'first-sslmode-counts',
      requirement: '12.3.1',
      what: 'Of two contradicting values the first is looked at, and the driver takes the last.',
      find: 'modes.length === 1 && ',
      replace: '',
      tests: ['postgres.test.ts', 'config.test.ts'],
    },
    {
      id: 'malformed-address-in-the-error',
      requirement: '12.3.1',
      what: 'An address that is not valid is repeated in the message, its password too.',
      find: "throw new Error('must be a postgres:// address",
      replace: "throw new Error(url + 'must be a postgres:// address",
      tests: ['config.test.ts', 'postgres.test.ts'],
    },
    {
      id: 'password-becomes-the-name-of-the-database',
      requirement: '12.3.1',
      what: 'A password with a slash becomes the name of a database, which errors and logs repeat.',
      find: " && !new URL(url).pathname.includes('@')",
      replace: '',
      tests: ['postgres.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/database/connection.ts', stores: ['redis'], tests: ['config.test.ts'] }, [
    {
      id: 'database-without-verified-tls',
      requirement: '12.3.1',
      what: 'Production reads sessions over a connection that anybody between can read.',
      find: "node.startsWith('rediss://')",
      replace: "node.startsWith('redis')",
    },
    {
      id: 'one-node-with-verified-tls',
      requirement: '12.3.1',
      what: 'Of a cluster one node with TLS is enough.',
      find: "url.split(',').every((node) => node.startsWith('rediss://'))",
      replace: "url.split(',').some((node) => node.startsWith('rediss://'))",
    },
    {
      id: 'address-of-another-kind-told',
      requirement: '12.3.1',
      what: 'An address of another kind is repeated in the message, its password too.',
      find: "'needs rediss://'",
      replace: '`${url} needs rediss://`',
      tests: ['config.test.ts', 'redis.test.ts'],
    },
  ]),
  ...mutantsOf({ file: 'src/database/connection.ts', stores: ['mongo'], tests: ['config.test.ts'] }, [
    {
      id: 'database-without-verified-tls',
      requirement: '12.3.1',
      what: 'Production reads sessions over a connection that anybody between can read.',
      find: "if (!tls) return 'needs tls=true';",
      replace: 'void tls;',
    },
    {
      id: 'database-certificate-not-verified',
      requirement: '12.3.1',
      what: 'Production takes any server for its database.',
      find: "if (rejectUnauthorized === false || checkServerIdentity) return 'must not allow invalid certificates';",
      replace: 'void [rejectUnauthorized, checkServerIdentity];',
    },
  ]),
];

/** The driver's errors repeat an address that it cannot read. */
const clients = (['redis', 'mongo'] as const).flatMap((store) =>
  mutantsOf(
    { file: 'src/database/client.ts', stores: [store], tests: ['config.test.ts', `${store}.test.ts`] },
    [
      {
        id: 'malformed-address-in-the-error',
        requirement: '12.3.1',
        what: 'An address that is not valid is repeated in the message, its password too.',
        find: "throw new Error('must be a ",
        replace: "throw new Error(url + 'must be a ",
      },
    ],
  ),
);

export const NETWORK: Mutant[] = [
  ...trust,
  ...leftmost,
  ...addresses,
  ...plainHttp,
  ...pipeline,
  ...tls,
  ...redirect,
  ...plainPort,
  ...plainPortConfig,
  ...tlsOptions,
  ...databases,
  ...clients,
];
