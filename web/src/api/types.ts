/** The answers of the services, after they have been checked. */

export type MediaType = 'image' | 'video';

export interface Camera {
  readonly make: string | null;
  readonly model: string | null;
}

/** How the date of an item is known. */
export interface Taken {
  /** `2024-06-15`: the day in the library's time zone, under which the item is listed. */
  readonly day: string | null;
  /** `exif`, `container`, ..., or one of the guesses `name`, `file`, `ingest`. */
  readonly source: string | null;
  /** Nothing in the file says the date. */
  readonly guess: boolean;
}

/** URLs of the WebP thumbnails: longest side 150, 400 and 800 px. */
export interface Thumbnails {
  readonly small: string | null;
  readonly medium: string | null;
  readonly large: string | null;
}

export interface Media {
  readonly key: string;
  readonly name: string;
  readonly type: MediaType;
  /** `null` for rows that other tools have written. */
  readonly mime: string | null;
  /** The size in bytes. */
  readonly size: number;
  /** `2026-01-02T03:04:05…`, UTC. */
  readonly uploadedAt: string | null;
  /** `2024-06-15T14:03:22…` or only `2024-06-15`, by the camera's own clock. */
  readonly dateTaken: string | null;
  /** `null` for rows of 0.1.0. */
  readonly taken: Taken | null;
  readonly camera: Camera | null;
  /** In pixels, of the upright picture. */
  readonly width: number | null;
  readonly height: number | null;
  /** In seconds. */
  readonly duration: number | null;
  readonly file: string;
  readonly thumbnails: Thumbnails;
  readonly hls: string | null;
}

export interface Page {
  readonly items: readonly Media[];
  readonly nextCursor: string | null;
}
