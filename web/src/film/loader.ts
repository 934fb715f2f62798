import type {
  FragmentLoaderConstructor,
  FragmentLoaderContext,
  HlsConfig,
  Loader,
  LoaderCallbacks,
  LoaderConfiguration,
  LoaderContext,
  LoaderStats,
} from 'hls.js';
import type { Cure, Loss } from './cure.ts';

type Context = FragmentLoaderContext;
type Callbacks = LoaderCallbacks<Context>;

type Kind = new (config: HlsConfig) => Loader<LoaderContext>;

export interface Help {
  /** The URL as it is now. */
  current(url: string): string;
  /** `playlist` is the one that told the URL. */
  cure(url: string, status: number, playlist: string): Promise<Cure>;
  /** A file will not come. */
  lost(loss: Loss): void;
}

/**
 * hls.js's loader of files, which asks for help after a failure, once for each file, before hls.js hears of it. `Init`
 * loads initialization segments.
 */
export function helped(Usual: Kind, Init: Kind, help: Help): FragmentLoaderConstructor {
  return class implements Loader<Context> {
    readonly #config: HlsConfig;
    #inner: Loader<Context>;
    /** hls.js keeps this object, so that a second attempt counts in it too. */
    readonly stats: LoaderStats;
    #over = false;

    constructor(config: HlsConfig) {
      this.#config = config;
      this.#inner = made(Usual, config);
      this.stats = this.#inner.stats;
    }

    get context(): Context | null {
      return this.#inner.context;
    }

    load(context: Context, how: LoaderConfiguration, callbacks: Callbacks): void {
      context.url = help.current(context.url);
      if (context.frag.sn === 'initSegment') this.#inner = this.#anew(Init);
      const onError: Callbacks['onError'] = (error, failed, details, stats) => {
        void help.cure(context.url, error.code, context.frag.baseurl).then((cure) => {
          if (this.#over) return;
          if (cure === null) callbacks.onError(error, failed, details, stats);
          else if ('said' in cure) help.lost(cure);
          else {
            // A loader can be used once.
            this.#inner = this.#anew(Usual);
            context.url = cure.again;
            this.#inner.load(context, how, callbacks);
          }
        });
      };
      this.#inner.load(context, how, { ...callbacks, onError });
    }

    #anew(kind: Kind): Loader<Context> {
      const loader = made(kind, this.#config);
      loader.stats = Object.assign(this.stats, { loaded: 0, loading: { start: 0, first: 0, end: 0 } });
      return loader;
    }

    abort(): void {
      this.#over = true;
      this.#inner.abort();
    }

    destroy(): void {
      this.#over = true;
      this.#inner.destroy();
    }

    getCacheAge = () => this.#inner.getCacheAge?.() ?? null;
    getResponseHeader = (name: string) => this.#inner.getResponseHeader?.(name) ?? null;
  };
}

/** hls.js's own loaders hand the context on as it is. */
function made(kind: Kind, config: HlsConfig): Loader<Context> {
  return new kind(config) as Loader<LoaderContext> as Loader<Context>;
}
