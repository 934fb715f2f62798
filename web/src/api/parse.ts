import { amount, date, degrees, fields, flag, link, list, orNull, text, whole, wrong, type Check, type Fields } from './check.ts';
import { elsewhere, reach } from '../services.ts';
import type { Camera, Details, Exposure, Located, Media, MediaType, Place, Taken, Thumbnails } from './types.ts';

const mediaType: Check<MediaType> = (value, at) =>
  value === 'image' || value === 'video' ? value : wrong(at, 'image or video');

const camera: Check<Camera> = (value, at) => {
  const of = fields(value, at);
  return {
    make: orNull(text)(of['make'], `${at}.make`),
    model: orNull(text)(of['model'], `${at}.model`),
  };
};

const taken: Check<Taken> = (value, at) => {
  const of = fields(value, at);
  return {
    day: orNull(date)(of['day'], `${at}.day`),
    source: orNull(text)(of['source'], `${at}.source`),
    guess: of['guess'] === true,
  };
};

const thumbnails: Check<Thumbnails> = (value, at) => {
  const of = fields(value, at);
  const url = (size: string) => orNull(link)(of[size], `${at}.${size}`);
  return { small: url('small'), medium: url('medium'), large: url('large'), screen: url('screen') };
};

/** Where a film is. A player sends no cookie to another origin, so that it needs a URL with a token there. */
function film(of: Fields, at: string): Pick<Media, 'hls' | 'playback'> {
  const [hls, playback] = (['hls', 'playback'] as const).map((name) => orNull(link)(of[name], `${at}.${name}`));
  if (!hls || !elsewhere()) return { hls: hls ?? null, playback: playback ?? null };
  return { hls: null, playback: reach(`/api/playback?key=${encodeURIComponent(text(of['key'], `${at}.key`))}`) };
}

const media: Check<Media> = (value, at) => {
  const of = fields(value, at);
  const get = <T>(name: string, check: Check<T>): T => check(of[name], `${at}.${name}`);
  return {
    key: get('key', text),
    name: get('name', text),
    type: get('type', mediaType),
    mime: get('mime', orNull(text)),
    size: get('size', amount),
    uploadedAt: get('uploadedAt', orNull(date)),
    dateTaken: get('dateTaken', orNull(date)),
    taken: get('taken', orNull(taken)),
    camera: get('camera', orNull(camera)),
    width: get('width', orNull(amount)),
    height: get('height', orNull(amount)),
    duration: get('duration', orNull(amount)),
    file: get('file', link),
    thumbnails: get('thumbnails', thumbnails),
    displayable: get('displayable', orNull(flag)),
    thumbhash: get('thumbhash', orNull(text)),
    clip: get('clip', orNull(link)),
    ...film(of, at),
  };
};

const place: Check<Place> = (value, at) => {
  const of = fields(value, at);
  return { block: text(of['block'], `${at}.block`), index: whole(of['index'], `${at}.index`) };
};

/** `GET /api/blocks/NAME`. Throws {@link ShapeError}. */
export const parseBlock = (value: unknown): readonly Media[] => list(media)(value, 'items');

/** `GET /api/media/KEY`. Throws {@link ShapeError}. */
export const parseLocated = (value: unknown): Located => ({
  item: media(value, 'item'),
  place: orNull(place)(fields(value, 'item')['position'], 'item.position'),
});

const exposure: Check<Exposure> = (value, at) => {
  const of = fields(value, at);
  return {
    lens: orNull(text)(of['lens'], `${at}.lens`),
    focalLength: orNull(amount)(of['focalLength'], `${at}.focalLength`),
    aperture: orNull(amount)(of['aperture'], `${at}.aperture`),
    shutterSpeed: orNull(text)(of['shutterSpeed'], `${at}.shutterSpeed`),
    iso: orNull(amount)(of['iso'], `${at}.iso`),
  };
};

/** `GET /api/media/KEY`, of which the page needs nothing else. Throws {@link ShapeError}. */
export function parseDetails(value: unknown): Details {
  const of = fields(value, 'item');
  return {
    exposure: orNull(exposure)(of['exposure'], 'item.exposure'),
    latitude: orNull(degrees)(of['latitude'], 'item.latitude'),
    longitude: orNull(degrees)(of['longitude'], 'item.longitude'),
  };
}

/** `GET /api/playback`. Throws {@link ShapeError}. */
export const parsePlayback = (value: unknown): string => link(fields(value, '')['url'], 'url');

/** `POST /login`. Throws {@link ShapeError}. */
export function parseLogin(value: unknown): { readonly returnTo: string | null } {
  return { returnTo: orNull(text)(fields(value, '')['returnTo'], 'returnTo') };
}

/** The words of a problem body (RFC 9457) for a person. Unreadable values are left out. */
export interface Problem {
  /** A reference such as `/problems#too-much`. */
  readonly type: string | null;
  readonly title: string | null;
  readonly detail: string | null;
  readonly requestId: string | null;
}

/** Never throws, because any server between the page and the service may have sent the body of an error. */
export function parseProblem(value: unknown): Problem {
  const of: Fields = typeof value === 'object' && value !== null ? (value as Fields) : {};
  const part = (name: string) => {
    const found = of[name];
    return typeof found === 'string' && found !== '' ? found : null;
  };
  return { type: part('type'), title: part('title'), detail: part('detail'), requestId: part('requestId') };
}
