declare module 'virtual:overlays' {
  const overlays: import('../overlays.ts').Overlays;
  export default overlays;
}
