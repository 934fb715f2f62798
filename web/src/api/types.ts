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

/** URLs of the pictures: longest side 150, 400, 800 and 2048 px. Sizes may share a URL. */
export interface Thumbnails {
  readonly small: string | null;
  readonly medium: string | null;
  readonly large: string | null;
  /** `null` in listings of earlier versions: the original is shown instead. */
  readonly screen: string | null;
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
  /** Whether browsers show the original as it is. `null`: its type tells. */
  readonly displayable: boolean | null;
  /** In Base64. */
  readonly thumbhash: string | null;
  /** The URL of a live photo's clip. */
  readonly clip: string | null;
  /** The URL of a film's playlist. `null` for photos, and where films live on another origin. */
  readonly hls: string | null;
  /** The path that tells the URL of a film's playlist, with the right to it. */
  readonly playback: string | null;
}

/** Where an item is in a view. */
export interface Place {
  readonly block: string;
  /** The index in the block. */
  readonly index: number;
}

/** One item, and its place in the view for which it was asked. */
export interface Located {
  readonly item: Media;
  /** `null`: the view does not have the item. */
  readonly place: Place | null;
}

/** How a picture was exposed. */
export interface Exposure {
  readonly lens: string | null;
  /** In millimetres. */
  readonly focalLength: number | null;
  /** The f-number. */
  readonly aperture: number | null;
  /** Seconds as cameras print them: `1/250`, `2.5`. */
  readonly shutterSpeed: string | null;
  readonly iso: number | null;
}

/** What the listing does not tell of an item. */
export interface Details {
  /** `null`: nothing tells it. */
  readonly exposure: Exposure | null;
  /** In degrees of WGS 84. `null`: nothing tells it, or the viewer may not know it. */
  readonly latitude: number | null;
  readonly longitude: number | null;
}

/** Neighbouring items of one day. */
export interface Day {
  /** `2024-06-15`. `null` for items without a date. */
  readonly date: string | null;
  readonly count: number;
}

/** A part of a view that is read at once. Its name is that of its content. */
export interface Block {
  readonly name: string;
  readonly count: number;
}

export interface View {
  readonly name: string;
  readonly title: string | null;
  readonly count: number;
}

/** All of a view but its items. */
export interface Timeline {
  /** Changes when the library changes. */
  readonly version: string;
  readonly title: string | null;
  readonly subtitle: string | null;
  /** The key of the picture on the cover. */
  readonly cover: string | null;
  /** Whether the viewer may see originals, and may download anything. */
  readonly originals: boolean;
  readonly download: boolean;
  readonly views: readonly View[];
  /** The name of the view that this is. */
  readonly view: string;
  readonly count: number;
  readonly days: readonly Day[];
  /** One character an item, see `grid/ratio.ts`. */
  readonly ratios: string;
  readonly blocks: readonly Block[];
}
