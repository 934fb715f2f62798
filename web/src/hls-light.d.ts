/** The light build has the same types as the full build, but hls.js ships them only for the full build. */
declare module 'hls.js/light' {
  export * from 'hls.js';
  export { default } from 'hls.js';
}
