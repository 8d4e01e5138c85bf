declare module 'virtual:overlays' {
  const overlays: import('../plan/overlays.ts').Overlays;
  export default overlays;
}
