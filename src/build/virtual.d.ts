declare module 'virtual:overlays' {
  const overlays: import('../plan/overlays.ts').Overlays;
  export default overlays;
}

declare module 'virtual:template-codes' {
  const codes: import('../plan/overlays.ts').Codes;
  export default codes;
}
