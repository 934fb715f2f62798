/** The light build has the full build's types; hls.js ships them for the latter only. */
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}
