/** The events that every player of a film has in common. */
export interface Events {
  /**
   * `status` is the HTTP status that caused the failure, if there is one. `certain`: the message names the cause, so
   * that there is no use in another URL of the film.
   */
  failed(message: string, status: number | null, requestId: string | null, certain?: boolean): void;
  /** When the viewer wished to play the film, on the clock of `performance.now()`. `null` if the page does not know. */
  asked(): number | null;
}

export interface Player {
  /** The page's own controls. `null` where the browser's are used. */
  readonly controls: Controls | null;
  destroy(): void;
}

export interface Controls {
  /** Acts on a key. `false` if the key means nothing to a film. */
  key(event: KeyboardEvent): boolean;
  destroy(): void;
}

/** What a viewer may choose of, such as the rungs of a film. */
export interface Menu {
  readonly choices: readonly { readonly id: number; readonly label: string }[];
  chosen(): number;
  choose(id: number): void;
}

/** What controls need of a player beside its `video` element. */
export interface Engine {
  /** Empty menus are not shown. All are empty until the film is known. */
  readonly qualities: Menu;
  readonly sounds: Menu;
  readonly subtitles: Menu;
  /** The URL of the sheets of seek previews, a WebVTT file, and that of the chapters. */
  readonly previews: string | null;
  readonly chapters: string | null;
  seek(time: number): void;
  /** Called whenever one of the above has changed. */
  changed: () => void;
  destroy(): void;
}

/** Where each film was left, in seconds, by key. */
export interface Places {
  get(key: string): number;
  set(key: string, time: number): void;
  delete(key: string): void;
  /** Forgets all films, and whatever else is kept of them. */
  forget(): void;
}
