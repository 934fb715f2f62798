/** What the services answer, after it has been checked. */

export type MediaType = 'image' | 'video';

export interface Camera {
  readonly make: string | null;
  readonly model: string | null;
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
  readonly mime: string;
  /** Bytes. */
  readonly size: number;
  /** RFC 3339, UTC. */
  readonly uploadedAt: string;
  /** The camera's own clock, without a zone. */
  readonly dateTaken: string | null;
  readonly camera: Camera | null;
  /** Pixels, upright. */
  readonly width: number | null;
  readonly height: number | null;
  /** Seconds. */
  readonly duration: number | null;
  readonly file: string;
  readonly thumbnails: Thumbnails;
  readonly hls: string | null;
}

export interface Page {
  readonly items: readonly Media[];
  readonly nextCursor: string | null;
}
