/**
 * How to make a browser or a client trust the development authority in `caFile`. Printed, never done: what a machine
 * trusts is its owner's decision, and each command changes only the store of one user where the system allows that.
 */
export function trustInstructions(caFile: string, name: string): string {
  const steps = TRUST_STEPS.map(([where, ...commands]) => [`  ${where}`, ...commands.map((line) => `    ${line}`)]);
  return ['To trust it (once per certificate authority, your choice):', ...steps.flat()]
    .join('\n')
    .replaceAll('CA_FILE', caFile)
    .replaceAll('NAME', name);
}

/** Where, then the commands. */
const TRUST_STEPS: readonly string[][] = [
  [
    'Chrome, Chromium, Edge on Linux (certutil comes with libnss3-tools)',
    'mkdir -p ~/.pki/nssdb && certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n "NAME" -i CA_FILE',
  ],
  [
    'macOS (Safari, Chrome)',
    'security add-trusted-cert -r trustRoot -p ssl -k ~/Library/Keychains/login.keychain-db CA_FILE',
  ],
  ['Windows (Edge, Chrome)', 'certutil -user -addstore Root CA_FILE'],
  [
    'Debian, Ubuntu (curl, wget and other tools of the system)',
    'sudo cp CA_FILE /usr/local/share/ca-certificates/NAME.crt && sudo update-ca-certificates',
  ],
  ['Firefox', 'Settings, Certificates, View Certificates, Authorities, Import: CA_FILE, to identify websites'],
  ['One command only', 'curl --cacert CA_FILE …    NODE_EXTRA_CA_CERTS=CA_FILE node …'],
];
