import { succeed } from '../../package/support/commands.ts';
import type { Site } from './site.ts';

/** What sslscan finds that a server speaks. */
export interface Spoken {
  /** Such as `TLS 1.2`. */
  versions: readonly string[];
  suites: readonly Suite[];
  /** Holes of TLS itself, in sslscan's words. */
  holes: readonly string[];
}

interface Suite {
  version: string;
  name: string;
  /** In sslscan's words: weak, anonymous, medium, acceptable, strong and the like. */
  strength: string;
}

export async function scanTls({ name, ports }: Site): Promise<Spoken> {
  const target = `127.0.0.1:${ports.https}`;
  const found = readElements(await succeed('sslscan', ['--xml=-', `--sni-name=${name}`, target], '.'));
  const of = (wanted: string) => found.filter(({ element }) => element === wanted);
  const holes = [
    ...of('heartbleed').filter(({ vulnerable }) => vulnerable !== '0'),
    ...of('compression').filter(({ supported }) => supported !== '0'),
    ...of('renegotiation').filter(({ supported, secure }) => supported !== '0' && secure !== '1'),
  ];
  return {
    versions: of('protocol')
      .filter(({ enabled }) => enabled !== '0')
      .map(({ type = '', version }) => `${type.toUpperCase()} ${version}`),
    suites: of('cipher').map(({ sslversion = '', cipher = '', strength = '' }) => {
      return { version: sslversion, name: cipher, strength };
    }),
    holes: holes.map(({ element = '', sslversion = '' }) => `${element} ${sslversion}`),
  };
}

/** What ASVS 5.0 12.1.1 and 12.1.2 would not have: old versions, and suites without forward secrecy or with CBC. */
export function objections({ versions, suites, holes }: Spoken): string[] {
  const isWeak = ({ name, strength }: Suite): boolean =>
    !/^(acceptable|strong)$/.test(strength) || !/^(TLS_|ECDHE-)/.test(name) || !/GCM|CHACHA20/.test(name);
  return [
    ...versions.filter((version) => !/^TLS 1\.[23]$/.test(version)),
    ...suites.filter(isWeak).map(({ version, name, strength }) => `${version} ${name} (${strength})`),
    ...holes,
  ];
}

// --- internal ---

/** sslscan writes each finding as one element without content. */
function readElements(xml: string): Partial<Record<string, string>>[] {
  return [...xml.matchAll(/<(\w+)((?: \w+="[^"]*")+) ?\/>/g)].map(([, element = '', attributes = '']) => {
    const pairs = [...attributes.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]);
    return { element, ...Object.fromEntries(pairs) };
  });
}
